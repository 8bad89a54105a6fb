-- A key whose process died before it answered can be taken by the next request from this time on.
alter table idempotency add column free_at bigint not null default 0;
