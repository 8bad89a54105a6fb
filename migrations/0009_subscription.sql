-- Webhooks of ours: where other systems of a business want to hear what happens here.

create table subscription (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  url text not null,
  -- Sealed with a key that is not in the database.
  secret bytea not null,
  -- Types of events, separated by spaces.
  events text not null,
  created_at bigint not null,
  -- Why nothing is sent there any more.
  stopped_at bigint,
  stopped_why text
);
create index subscription_by_business on subscription (business_id, id);

create table delivery (
  -- Also the id by which the receiver recognises a repetition.
  id uuid primary key not null,
  business_id uuid not null references business (id),
  subscription_id uuid not null references subscription (id),
  -- Whom it is about, so that it goes when they are erased.
  contact_id uuid,
  event text not null,
  body text not null,
  state text not null check (state in ('waiting', 'delivered', 'failed')),
  attempts bigint not null,
  created_at bigint not null,
  -- When it is tried next; while it is being sent, when somebody else may try.
  next_at bigint not null,
  -- What the receiver answered last.
  status bigint,
  error text,
  delivered_at bigint
);
create index delivery_due on delivery (next_at, id) where state = 'waiting';
create index delivery_by_subscription on delivery (subscription_id, id);
create index delivery_by_contact on delivery (contact_id) where contact_id is not null;
