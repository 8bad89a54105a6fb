-- Contacts by the million: counts that are kept, orders and filters that are indexed, long work on many of them.

-- How many contacts a business has in each state, kept by triggers. A state is the sum over its shards: PostgreSQL spreads
-- it over the connections that write, so that they do not wait for each other.
create table contact_count (
  business_id uuid not null,
  state text not null,
  shard bigint not null,
  n bigint not null,
  primary key (business_id, state, shard)
);

-- Orders and filters of the table. Nobody written to and nobody changed sort as if it were at the beginning of time.
create index contact_by_since on contact (business_id, (coalesce(since, 0)), id);
create index contact_by_last_inbound on contact (business_id, (coalesce(last_inbound_at, 0)), id);
create index contact_by_country on contact (business_id, country, id);
create index contact_by_source on contact (business_id, source, id);

-- Names of people whose data was erased, as keyed hashes: whoever comes back by one of them stays opted out.
create table suppression (
  business_id uuid not null references business (id),
  token bytea not null,
  created_at bigint not null,
  primary key (business_id, token)
);

-- Long work on contacts: a file read in, a change of many. It goes on after a restart.
create table contact_job (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  kind text not null check (kind in ('import', 'bulk')),
  state text not null
    check (state in ('ready', 'checking', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone')),
  -- What to do, and how far it is, as JSON.
  plan text not null,
  progress text not null,
  -- Asked to stop by a person.
  stopping boolean not null,
  created_by text not null,
  created_at bigint not null,
  started_at bigint,
  finished_at bigint,
  -- The process at work on it, and until when it is taken to be.
  holder uuid,
  held_until bigint
);
create index contact_job_by_business on contact_job (business_id, id);
create index contact_job_active on contact_job (id) where state in ('checking', 'running', 'undoing');

-- Which job made a contact. Those it made are found by their ids, which sort by the time of creation.
alter table contact add column made_by uuid;

-- What a job changed about people who were there before, to undo it within a day.
create table contact_job_change (
  job_id uuid not null references contact_job (id),
  contact_id uuid not null,
  -- What was there before, as JSON.
  before text not null,
  primary key (job_id, contact_id)
);
create index contact_job_change_by_contact on contact_job_change (contact_id);

-- A contact that is deleted is looked for in these.
create index campaign_member_by_contact on campaign_member (contact_id);
create index campaign_response_by_contact on campaign_response (contact_id);
create index review_by_contact on review (contact_id);
