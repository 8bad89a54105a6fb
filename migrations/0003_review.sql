-- What a person at the business has to look at: ambiguous words, complaints, requests to erase. One open review of a kind a person.

create table review (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  contact_id uuid not null references contact (id),
  kind text not null check (kind in ('hold', 'complaint', 'erasure')),
  -- The consent event it is about; the words are in its evidence.
  event_id uuid not null,
  opened_at bigint not null,
  due_at bigint not null,
  closed_at bigint,
  closed_by text,
  outcome text
);
create unique index review_open on review (contact_id, kind) where closed_at is null;
create index review_queue on review (business_id, due_at, id) where closed_at is null;
create index review_due on review (due_at, id) where closed_at is null;

-- For running edited keywords over what came in lately.
create index message_in_by_business on message_in (business_id, id);
