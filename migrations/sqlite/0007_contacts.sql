-- What only SQLite can say about contacts.

insert into contact_count (business_id, state, shard, n)
select business_id, state, 0, count(*) from contact where merged_into is null and not erased group by business_id, state;

create trigger contact_count_insert after insert on contact when new.merged_into is null and not new.erased
begin
  insert into contact_count (business_id, state, shard, n) values (new.business_id, new.state, 0, 1)
  on conflict (business_id, state, shard) do update set n = n + 1;
end;
create trigger contact_count_update after update of state, merged_into, erased on contact
when old.state is not new.state or old.erased is not new.erased or (old.merged_into is null) is not (new.merged_into is null)
begin
  update contact_count set n = n - 1
  where business_id = old.business_id and state = old.state and old.merged_into is null and not old.erased;
  insert into contact_count (business_id, state, shard, n)
  select new.business_id, new.state, 0, 1 where new.merged_into is null and not new.erased
  on conflict (business_id, state, shard) do update set n = n + 1;
end;
create trigger contact_count_delete after delete on contact when old.merged_into is null and not old.erased
begin
  update contact_count set n = n - 1 where business_id = old.business_id and state = old.state;
end;

-- Parts of names and numbers, by groups of three letters. It keeps no text, only which row holds which group; a row has a number
-- of its own, because those SQLite gives may change when a file is compacted.
create virtual table contact_search using fts5 (
  text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1', detail = none
);
insert into contact_search (contact_search, rank) values ('secure-delete', 1);
alter table contact add column search_id integer;
update contact set search_id = rowid;
create unique index contact_by_search on contact (search_id);
insert into contact_search (rowid, text)
select search_id, iif(name is null, '', name_folded) || char(10) || coalesce(phone, '') from contact;

-- Whoever adds many gives them their numbers; for whoever does not, the next one is taken.
create trigger contact_search_insert after insert on contact when new.search_id is not null
begin
  insert into contact_search (rowid, text)
  values (new.search_id, iif(new.name is null, '', new.name_folded) || char(10) || coalesce(new.phone, ''));
end;
create trigger contact_search_number after insert on contact when new.search_id is null
begin
  update contact set search_id = (select coalesce(max(search_id), 0) + 1 from contact) where rowid = new.rowid;
  insert into contact_search (rowid, text)
  select search_id, iif(name is null, '', name_folded) || char(10) || coalesce(phone, '') from contact where rowid = new.rowid;
end;
create trigger contact_search_update after update of name, name_folded, phone on contact
when old.name is not new.name or old.name_folded is not new.name_folded or old.phone is not new.phone
begin
  insert or replace into contact_search (rowid, text)
  values (new.search_id, iif(new.name is null, '', new.name_folded) || char(10) || coalesce(new.phone, ''));
end;
create trigger contact_search_delete after delete on contact
begin
  delete from contact_search where rowid = old.search_id;
end;
