-- As before (0009), but a join does not wait for ever for a deal that nobody will settle: the email that claimed it has ended.
create or replace function resolve_conversation(p_tenant text, p_conversation text, p_message text, p_related text[], p_roots text[]) returns text
language plpgsql as $$
declare
  v_members text[];
  v_canonical text;
  v_unsettled text;
begin
  perform pg_advisory_xact_lock(hashtextextended(p_tenant, 7));
  insert into conversations (tenant, conversation_id, canonical_id) values (p_tenant, p_conversation, p_conversation)
    on conflict do nothing;
  insert into messages (tenant, message_id, conversation_id)
    select distinct p_tenant, m, p_conversation from unnest(p_related || p_message) m where m is not null
    on conflict do nothing;

  -- The roots find what stood here before mentions were kept.
  select array_agg(distinct c.canonical_id) into v_members from conversations c
   where c.tenant = p_tenant and c.conversation_id = any (
     array(select m.conversation_id from messages m where m.tenant = p_tenant and m.message_id = any (p_related || p_message))
     || p_roots || p_conversation);
  if array_length(v_members, 1) = 1 then
    return v_members[1];
  end if;

  -- While one of their deals is being written, or its email is still on its way to settle it, which deal is the oldest is not known yet.
  if exists (select 1 from effects e where e.tenant = p_tenant and e.effect = 'deal' and e.key = any (v_members) and e.state in ('claimed', 'unknown')
                and (e.settle_after > clock_timestamp()
                     or exists (select 1 from deliveries d where d.tenant = e.tenant and d.event_id = e.event_id
                                   and d.state not in ('written', 'suppressed', 'dead_lettered')))) then
    return null;
  end if;
  -- A deal whose email has ended without knowing whether it was written counts as none. It keeps its key: where the conversations have no other
  -- deal they go by that key, so that the next email looks in the CRM for the deal of that key before it makes one.
  select e.key into v_unsettled from effects e
   where e.tenant = p_tenant and e.effect = 'deal' and e.key = any (v_members) and e.state in ('claimed', 'unknown')
     and not exists (select 1 from effects o where o.tenant = p_tenant and o.effect = 'deal' and o.key = any (v_members) and o.state = 'confirmed')
   order by e.created_at, e.key limit 1;
  select coalesce(v_unsettled, min(m)) into v_canonical from unnest(v_members) m;
  insert into effects (tenant, crm, effect, key, state, record_id, created, desired, event_id, created_at)
    select distinct on (e.crm) e.tenant, e.crm, 'deal', v_canonical, e.state, e.record_id, e.created, e.desired, e.event_id, e.created_at
      from effects e where e.tenant = p_tenant and e.effect = 'deal' and e.key = any (v_members) and e.state = 'confirmed'
     order by e.crm, e.created_at, e.key
  on conflict (tenant, crm, effect, key) do update
    set record_id = excluded.record_id, created_at = excluded.created_at, event_id = excluded.event_id, updated_at = now(),
        state = case when effects.state in ('claimed', 'unknown') then excluded.state else effects.state end, owner = null, lease_until = null
    where effects.record_id is distinct from excluded.record_id or effects.state in ('claimed', 'unknown');
  update conversations set canonical_id = v_canonical where tenant = p_tenant and canonical_id = any (v_members) and canonical_id <> v_canonical;
  update waiting set conversation_id = v_canonical where tenant = p_tenant and conversation_id = any (v_members);
  return v_canonical;
end
$$;
