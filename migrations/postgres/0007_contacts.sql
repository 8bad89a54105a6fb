-- What only PostgreSQL can say about contacts.

-- The database's owner may add it: it is among the trusted extensions since PostgreSQL 13.
create extension if not exists pg_trgm;

insert into contact_count (business_id, state, shard, n)
select business_id, state, 0, count(*) from contact where merged_into is null and not erased group by business_id, state;

-- One row a state and connection: what two connections write at once they do not wait for each other with. Pools hold far
-- fewer connections than there are shards.
create function contact_count_add() returns trigger language plpgsql as
$$ begin
  insert into contact_count as c (business_id, state, shard, n)
  select business_id, state, pg_backend_pid() % 1024, count(*) from added
  where merged_into is null and not erased group by business_id, state order by business_id, state
  on conflict (business_id, state, shard) do update set n = c.n + excluded.n;
  return null;
end $$;
create function contact_count_move() returns trigger language plpgsql as
$$ begin
  insert into contact_count as c (business_id, state, shard, n)
  select business_id, state, pg_backend_pid() % 1024, sum(d) from (
    select business_id, state, 1 as d from added where merged_into is null and not erased
    union all select business_id, state, -1 from removed where merged_into is null and not erased
  ) as moved group by business_id, state having sum(d) <> 0 order by business_id, state
  on conflict (business_id, state, shard) do update set n = c.n + excluded.n;
  return null;
end $$;
create function contact_count_remove() returns trigger language plpgsql as
$$ begin
  insert into contact_count as c (business_id, state, shard, n)
  select business_id, state, pg_backend_pid() % 1024, -count(*) from removed
  where merged_into is null and not erased group by business_id, state order by business_id, state
  on conflict (business_id, state, shard) do update set n = c.n + excluded.n;
  return null;
end $$;
create trigger contact_count_insert after insert on contact
referencing new table as added for each statement execute function contact_count_add();
create trigger contact_count_update after update on contact
referencing old table as removed new table as added for each statement execute function contact_count_move();
create trigger contact_count_delete after delete on contact
referencing old table as removed for each statement execute function contact_count_remove();

-- Parts of names and numbers, by groups of three letters.
create index contact_by_name_part on contact using gin (name_folded gin_trgm_ops);
create index contact_by_phone_part on contact using gin (phone gin_trgm_ops);
