-- The second factor of somebody who signs in (TOTP, RFC 6238): the secret sealed, not in force before it was confirmed.
create table second_factor (
  user_id uuid primary key not null references app_user (id),
  secret bytea not null,
  confirmed_at bigint,
  -- The last time step whose code was used: a code works once.
  last_step bigint not null
);

-- For a lost phone: each works once. SHA-256 of the code.
create table recovery_code (
  code_hash bytea primary key not null,
  user_id uuid not null references app_user (id)
);
create index recovery_code_by_user on recovery_code (user_id);

-- The password was right, the code is still missing. SHA-256 of what is in the cookie.
create table pending_login (
  token_hash bytea primary key not null,
  user_id uuid not null references app_user (id),
  expires_at bigint not null
);
