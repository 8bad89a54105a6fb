-- Who left keeps their name in the ledger and cannot sign in.
alter table app_user add column left_at bigint;

-- Somebody was asked to join; the link works once.
create table invitation (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  email text not null,
  role text not null check (role in ('owner', 'admin', 'agent', 'viewer')),
  -- SHA-256 of what is in the link.
  token_hash bytea not null unique,
  invited_by text not null,
  created_at bigint not null,
  expires_at bigint not null
);
create index invitation_by_business on invitation (business_id, id);
create index session_by_user on session (user_id);
