-- What only PostgreSQL can say.

create table webhook_seen (
  at bigint not null,
  hash bigint not null,
  primary key (at, hash)
);

-- Names sort by code point on both engines, whatever the database's own collation is.
alter table contact alter column name_folded type text collate "C";

create function refuse_change() returns trigger language plpgsql as
$$ begin raise exception '% is append-only', tg_table_name; end $$;

create trigger consent_event_append_only before update or delete on consent_event
for each row execute function refuse_change();
create trigger consent_event_no_truncate before truncate on consent_event
for each statement execute function refuse_change();
create trigger wording_append_only before update or delete on wording
for each row execute function refuse_change();
create trigger settings_append_only before update or delete on settings
for each row execute function refuse_change();
create trigger consent_evidence_no_update before update on consent_evidence
for each row execute function refuse_change();
