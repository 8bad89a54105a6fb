-- What only SQLite can say.

-- Duplicates are found by provider time and a 63-bit hash of the id: a narrow key that grows at the end, because a unique
-- index on the text id dirties a random page for each webhook.
create table webhook_seen (
  at bigint not null,
  hash bigint not null,
  primary key (at, hash)
) without rowid;

create trigger consent_event_no_update before update on consent_event
begin select raise(abort, 'consent_event is append-only'); end;
create trigger consent_event_no_delete before delete on consent_event
begin select raise(abort, 'consent_event is append-only'); end;
create trigger wording_no_update before update on wording
begin select raise(abort, 'wording is append-only'); end;
create trigger wording_no_delete before delete on wording
begin select raise(abort, 'wording is append-only'); end;
create trigger settings_no_update before update on settings
begin select raise(abort, 'settings are append-only'); end;
create trigger settings_no_delete before delete on settings
begin select raise(abort, 'settings are append-only'); end;
create trigger consent_evidence_no_update before update on consent_evidence
begin select raise(abort, 'consent_evidence is never changed, only erased'); end;
