-- Tens of thousands of emails may be due behind one of their conversation that is not: a take that reads them to pass them over takes seconds.
-- Whether a row stands behind an earlier one of its conversation is kept with it. True only where it surely is so or was a moment ago: a take
-- asks once more of those that are false, and release_heads mends what two transactions at the same moment left behind.
create index waiting_in_conversation on waiting (conversation_id, seq);
drop index waiting_conversation;

alter table waiting add column behind boolean not null default false;
update waiting w set behind = true
 where exists (select 1 from waiting b where b.tenant = w.tenant and b.conversation_id = w.conversation_id and b.seq < w.seq);

-- Only what waits for its delivery has a conversation. The questions name the tenant so that no index answers for it: a plan that was made while the
-- table was empty is kept, and would walk through all that waits of a tenant as well.
create function note_place_in_conversation() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  new.behind := exists (select 1 from waiting b where b.conversation_id = new.conversation_id
                           and b.tenant || '' = new.tenant and b.event_id <> new.event_id);
  return new;
end
$$;
create trigger waiting_place before insert on waiting for each row when (new.conversation_id is not null)
  execute function note_place_in_conversation();

-- The next of each conversation whose row has gone. One that is locked is left to release_heads: nobody waits here in a circle.
create function release_next_of_conversation() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  with next as (
    select n.tenant, n.event_id
      from (select distinct tenant, conversation_id from gone where conversation_id is not null) g
           cross join lateral (select w.tenant, w.event_id, w.behind from waiting w
                                where w.conversation_id = g.conversation_id and w.tenant || '' = g.tenant
                                order by w.seq limit 1) n
     where n.behind),
  free as (select w.tenant, w.event_id from waiting w join next using (tenant, event_id) for update of w skip locked)
  update waiting w set behind = false from free f where w.tenant = f.tenant and w.event_id = f.event_id;
  return null;
end
$$;
create trigger waiting_gone after delete on waiting referencing old table as gone
  for each statement execute function release_next_of_conversation();

-- First rows that are marked as standing behind another: a row that came while the one before it went. Looks at so many conversations after one, each
-- found by one step through the index; answers the last of them, nulls when there are no more.
create function release_heads(after_tenant text, after_conversation text, most int, out last_tenant text, out last_conversation text)
language plpgsql as $$
begin
  with recursive conversations (tenant, conversation_id, n) as (
    (select w.tenant, w.conversation_id, 1 from waiting w
      where w.behind and (w.tenant, w.conversation_id) > (after_tenant, after_conversation)
      order by w.tenant, w.conversation_id limit 1)
    union all
    (select f.tenant, f.conversation_id, c.n + 1
       from conversations c
            cross join lateral (select w.tenant, w.conversation_id from waiting w
                                 where w.behind and (w.tenant, w.conversation_id) > (c.tenant, c.conversation_id)
                                 order by w.tenant, w.conversation_id limit 1) f
      where c.n < most)),
  heads as (
    select n.tenant, n.event_id
      from conversations c
           cross join lateral (select w.tenant, w.event_id, w.behind from waiting w
                                where w.conversation_id = c.conversation_id and w.tenant || '' = c.tenant
                                order by w.seq limit 1) n
     where n.behind),
  free as (select w.tenant, w.event_id from waiting w join heads using (tenant, event_id) for update of w skip locked),
  released as (update waiting w set behind = false from free f where w.tenant = f.tenant and w.event_id = f.event_id)
  select c.tenant, c.conversation_id into last_tenant, last_conversation from conversations c where c.n = most;
end
$$;
create index waiting_behind on waiting (tenant, conversation_id) where behind;

-- What goes on as soon as its circuit, its hold or its quota lets it, whatever its due time; and what goes on when it is due.
create index waiting_gated on waiting (stage, tenant, seq)
  where kind = 'parked' and code in ('circuit_open', 'buffer_mode', 'quota') and not behind;
create index waiting_timed on waiting (stage, tenant, due_at, seq)
  where kind <> 'held' and not (kind = 'parked' and code in ('circuit_open', 'buffer_mode', 'quota')) and not behind;
drop index waiting_retries;
