-- Parking by reference: beyond its tenant's share a waiting row keeps its record's coordinates alone, and the bytes stay in Kafka.
alter table waiting alter column value drop not null;
-- How many bytes of the record stand here; 0 where they are in Kafka.
alter table waiting add column bytes integer not null default 0;
update waiting set bytes = octet_length(value) where value is not null;

-- Tries of the waiting email that were begun without an end: one that kills the process shows here.
alter table waiting add column starts integer not null default 0;

-- Those whose bytes must come here before Kafka deletes them, the oldest first.
create index waiting_references on waiting (stage, record_timestamp, seq) where value is null;

-- Bytes that wait by lane and tenant: the sum of its rows. Changes are added, never updated, so that sinks that park at the same moment do not
-- wait for each other; they are summed up from time to time.
create table parked_bytes (
  id bigint generated always as identity primary key,
  lane text not null,
  tenant text not null,
  bytes bigint not null
);
create index parked_bytes_lane on parked_bytes (lane, tenant) include (bytes);
insert into parked_bytes (lane, tenant, bytes) select lane, tenant, sum(bytes) from waiting group by lane, tenant;

create function count_parked_rows() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into parked_bytes (lane, tenant, bytes)
      select lane, tenant, sum(bytes) from changed group by lane, tenant having sum(bytes) <> 0;
  else
    insert into parked_bytes (lane, tenant, bytes)
      select lane, tenant, -sum(bytes) from changed group by lane, tenant having sum(bytes) <> 0;
  end if;
  return null;
end
$$;
create trigger waiting_added after insert on waiting referencing new table as changed
  for each statement execute function count_parked_rows();
create trigger waiting_removed after delete on waiting referencing old table as changed
  for each statement execute function count_parked_rows();

create function count_parked_change() returns trigger language plpgsql as $$
begin
  insert into parked_bytes (lane, tenant, bytes) values (old.lane, old.tenant, -old.bytes), (new.lane, new.tenant, new.bytes);
  return null;
end
$$;
create trigger waiting_changed after update on waiting for each row
  when (old.bytes <> new.bytes or old.lane <> new.lane) execute function count_parked_change();
