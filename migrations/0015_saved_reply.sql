-- Answers that colleagues give often, by title.
create table saved_reply (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  title text not null,
  title_folded text not null,
  body text not null,
  unique (business_id, title_folded)
);
