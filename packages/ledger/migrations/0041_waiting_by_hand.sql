-- Why an operator takes this email out of what waits: the service whose stage it waits for ends it as a dead letter.
alter table waiting add column end_why text;
create index waiting_to_end on waiting (stage, tenant, event_id) where end_why is not null;

-- How many emails wait, by tenant, stage, kind and code: who asks every few seconds must not read all that waits. Changes are added, never updated,
-- so that sinks that park at the same moment do not wait for each other; they are summed up from time to time. A table of its own beside
-- parked_bytes: a process of an earlier release sums that one up by the columns that it knows.
create table waiting_counts (
  id bigint generated always as identity primary key,
  tenant text not null,
  stage text not null,
  kind text not null,
  code text not null,
  email_count bigint not null
);
create index waiting_counts_sum on waiting_counts (tenant, stage, kind, code) include (email_count);
insert into waiting_counts (tenant, stage, kind, code, email_count) select tenant, stage, kind, code, count(*) from waiting group by 1, 2, 3, 4;

-- The oldest of each.
create index waiting_oldest on waiting (tenant, stage, kind, code, since);

create function count_waiting_rows() returns trigger language plpgsql as $$
begin
  insert into waiting_counts (tenant, stage, kind, code, email_count)
    select tenant, stage, kind, code, case tg_op when 'INSERT' then count(*) else -count(*) end from changed group by 1, 2, 3, 4;
  return null;
end
$$;
create trigger waiting_counted_in after insert on waiting referencing new table as changed
  for each statement execute function count_waiting_rows();
create trigger waiting_counted_out after delete on waiting referencing old table as changed
  for each statement execute function count_waiting_rows();

create function count_waiting_change() returns trigger language plpgsql as $$
begin
  insert into waiting_counts (tenant, stage, kind, code, email_count)
    values (old.tenant, old.stage, old.kind, old.code, -1), (new.tenant, new.stage, new.kind, new.code, 1);
  return null;
end
$$;
create trigger waiting_counted_on after update on waiting for each row
  when (old.stage <> new.stage or old.kind <> new.kind or old.code <> new.code) execute function count_waiting_change();
