-- The portable schema: every statement runs on SQLite and on PostgreSQL.
-- Ids are UUIDv7 made by the application; times are microseconds UTC in a bigint; JSON is text that is never queried.

create table business (
  id uuid primary key not null,
  -- A short name for URLs and the command line; only the demo has one.
  handle text unique,
  name text not null,
  -- Where phone numbers without a country code are taken to be from.
  region text,
  created_at bigint not null
);

create table app_user (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  -- Folded to lower case: one person, one account.
  email text not null unique,
  password_hash text not null,
  role text not null check (role in ('owner', 'admin', 'agent', 'viewer')),
  created_at bigint not null
);

create table session (
  -- SHA-256 of the cookie: the database alone opens no session.
  token_hash bytea primary key not null,
  user_id uuid not null references app_user (id),
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null
);

create table setup_token (
  token_hash bytea primary key not null,
  created_at bigint not null
);

create table api_key (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  name text not null,
  scope text not null check (scope in ('read', 'write')),
  key_hash bytea not null unique,
  created_at bigint not null,
  last_used_at bigint,
  revoked_at bigint
);

create table connection (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  handle text unique,
  phone_number_id text not null,
  waba_id text not null,
  display_number text not null,
  -- Sealed with a key that is not in the database.
  access_token bytea not null,
  app_secret bytea not null,
  verify_token bytea not null,
  graph_url text not null,
  messages_per_second bigint not null,
  -- Why nothing is sent at the moment, and until when.
  paused_reason text,
  paused_until bigint,
  created_at bigint not null
);
create index connection_by_business on connection (business_id, id);

-- The one process that dispatches for a number, until its lease runs out.
create table dispatcher_lease (
  connection_id uuid primary key not null references connection (id),
  holder uuid not null,
  leased_until bigint not null
);

-- Settings are never changed in place: saving adds a version, and every consent event names the one in force.
create table settings (
  business_id uuid not null references business (id),
  version bigint not null,
  body text not null,
  saved_by text not null,
  saved_at bigint not null,
  primary key (business_id, version)
);

-- Every wording a person was ever shown, by its digest.
create table wording (
  business_id uuid not null references business (id),
  digest bytea not null,
  text text not null,
  created_at bigint not null,
  primary key (business_id, digest)
);

create table contact (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  phone text,
  user_id text,
  name text,
  -- Folded by the application, because the engines fold differently; empty sorts before every name.
  name_folded text not null,
  country text,
  state text not null check (state in ('unknown', 'pending', 'opted_in', 'opted_out', 'held')),
  since bigint,
  source text,
  version bigint not null,
  native_stop boolean not null,
  -- The marks that the state is computed from (domain::consent::Consent).
  consent text not null,
  blocked boolean not null,
  erased boolean not null,
  invalid boolean not null,
  expires_at bigint,
  last_inbound_at bigint,
  -- When an opt-out was last answered, so that a repeated one is not answered again the same day.
  answered_at bigint,
  -- Set when this record turned out to be the same person as another one.
  merged_into uuid references contact (id),
  created_at bigint not null
);
create index contact_by_business on contact (business_id, id);
create index contact_by_name on contact (business_id, name_folded, id);
create index contact_by_state on contact (business_id, state, id);
create index contact_by_merge on contact (merged_into) where merged_into is not null;

-- Every name WhatsApp has for a person: number, user id, parent user id.
create table contact_identity (
  business_id uuid not null,
  kind text not null check (kind in ('phone', 'user_id', 'parent_user_id')),
  value text not null,
  contact_id uuid not null references contact (id),
  primary key (business_id, kind, value)
);
create index contact_identity_by_contact on contact_identity (contact_id);

create table contact_tag (
  contact_id uuid not null references contact (id),
  tag text not null,
  business_id uuid not null,
  primary key (contact_id, tag)
);
create index contact_tag_by_tag on contact_tag (business_id, tag, contact_id);

-- The ledger. Append-only by trigger; the personal part is beside it, so that it can be erased.
create table consent_event (
  business_id uuid not null references business (id),
  seq bigint not null,
  id uuid not null unique,
  contact_id uuid not null references contact (id),
  version bigint not null,
  kind text not null,
  source text not null,
  from_state text not null,
  to_state text not null,
  occurred_at bigint not null,
  recorded_at bigint not null,
  actor text not null,
  settings_version bigint not null,
  rule text,
  matched text,
  wording bytea,
  evidence bytea not null,
  hash bytea not null,
  primary key (business_id, seq)
);
create index consent_event_by_contact on consent_event (contact_id, seq);

create table consent_evidence (
  event_id uuid primary key not null,
  contact_id uuid not null references contact (id),
  salt bytea not null,
  body text not null
);

create table ledger_head (
  business_id uuid primary key not null references business (id),
  seq bigint not null,
  hash bytea not null
);

create table message_in (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  connection_id uuid not null references connection (id),
  contact_id uuid not null references contact (id),
  wamid text not null,
  type text not null,
  preview text not null,
  verdict text not null,
  rule text,
  context_wamid text,
  sent_at bigint not null,
  received_at bigint not null,
  raw text not null
);
create index message_in_by_contact on message_in (contact_id, id);

-- The outbox: everything that leaves is a row here, written in the transaction that decided it.
create table message_out (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  connection_id uuid not null references connection (id),
  contact_id uuid not null references contact (id),
  kind text not null check (kind in ('marketing', 'utility', 'authentication', 'service', 'consent')),
  priority bigint not null,
  state text not null check (state in ('pending', 'claimed', 'sent', 'failed', 'unknown', 'skipped')),
  content text not null,
  context_wamid text,
  created_at bigint not null,
  created_by text not null,
  not_before bigint not null,
  -- After this it must not leave any more.
  expires_at bigint,
  attempts bigint not null,
  claimed_at bigint,
  wamid text,
  sent_at bigint,
  delivery text,
  delivery_rank bigint not null,
  delivery_at bigint,
  skip_reason text,
  error_code bigint,
  -- The consent version the last decision was made at.
  consent_version bigint
);
create index message_out_by_contact on message_out (contact_id, id);
create index message_out_by_business on message_out (business_id, id);
create index message_out_ready on message_out (connection_id, priority, not_before, id) where state = 'pending';
create index message_out_claimed on message_out (connection_id, claimed_at) where state = 'claimed';
create index message_out_by_wamid on message_out (wamid) where wamid is not null;

-- Statuses that came before we knew their message.
create table parked_status (
  wamid text not null,
  delivery text not null,
  at bigint not null,
  error_code bigint,
  received_at bigint not null,
  primary key (wamid, delivery)
);
create index parked_status_by_age on parked_status (received_at);

-- What webhooks reported that has no table of its own: kept as received, and counted.
create table webhook_other (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  connection_id uuid not null references connection (id),
  field text not null,
  why text not null,
  raw text not null,
  received_at bigint not null
);
create index webhook_other_by_business on webhook_other (business_id, id);

create table template (
  business_id uuid not null references business (id),
  name text not null,
  language text not null,
  kind text not null,
  status text not null,
  body text not null,
  footer text,
  buttons text not null,
  updated_at bigint not null,
  primary key (business_id, name, language)
);

-- Answers of the API by idempotency key.
create table idempotency (
  business_id uuid not null references business (id),
  key text not null,
  digest bytea not null,
  status bigint,
  body text,
  created_at bigint not null,
  primary key (business_id, key)
);
create index idempotency_by_age on idempotency (created_at);
