-- What a business keeps about a person beside name and labels: the language they are written to in, and fields of its own. A table
-- apart, because most people have neither and the row of a contact is written with every message.
create table contact_detail (
  contact_id uuid primary key not null references contact (id),
  business_id uuid not null references business (id),
  -- BCP 47, such as pt or pt-BR, in lower case.
  language text not null,
  -- An object of texts, as JSON.
  attributes text not null
);
create index contact_detail_by_language on contact_detail (business_id, language, contact_id);
