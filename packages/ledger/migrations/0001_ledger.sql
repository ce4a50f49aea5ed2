-- The ledger: the state of every delivery, every effect on a CRM, what waits and until when (PROTOCOL.md 3 to 5).
-- Order columns (parsed_at, pass, attempt) and *_at columns without time zone type are epoch milliseconds; leases and due times are
-- timestamptz and always compared with Postgres' own clock, so that instances with skewed clocks agree.

create table deliveries (
  tenant text not null,
  event_id text not null,
  lane text not null,
  state text not null check (state in ('accepted', 'parsed', 'delivering', 'waiting', 'written', 'suppressed', 'dead_lettered')),
  -- how often a parser began with it since it last ended: a mail that kills the process shows here
  starts integer not null default 0,
  -- how often it was begun with nothing else being parsed, without an end
  alone_starts integer not null default 0,
  pass integer not null default 0,
  attempt integer not null default 0,
  order_parsed_at bigint not null default 0,
  source text not null,
  source_kind text not null,
  source_delivery_id text,
  source_event_id text,
  raw_topic text,
  raw_partition integer,
  raw_offset bigint,
  normalized_topic text,
  normalized_partition integer,
  normalized_offset bigint,
  dlq_topic text,
  dlq_partition integer,
  dlq_offset bigint,
  email_key text,
  content_hash text,
  conversation_id text,
  message_id text,
  mapping_version text,
  -- the step at which it waits or ended: parse or deliver
  stage text,
  reason text,
  detail text,
  duplicate_of text,
  warnings jsonb not null default '[]',
  evidence jsonb not null default '{}',
  effects jsonb not null default '[]',
  trace_id text,
  received_at bigint not null,
  accepted_at bigint,
  parsed_at bigint,
  delivering_at bigint,
  ended_at bigint,
  primary key (tenant, event_id)
);
create index deliveries_open on deliveries (state) where state in ('accepted', 'parsed', 'delivering', 'waiting', 'dead_lettered');
create index deliveries_event on deliveries (event_id);
create index deliveries_email on deliveries (email_key);
create index deliveries_message on deliveries (message_id);
create index deliveries_source_event on deliveries (source_event_id);
create index deliveries_source_delivery on deliveries (source_delivery_id);
create index deliveries_effects on deliveries using gin (effects jsonb_path_ops);

create table effects (
  tenant text not null,
  crm text not null,
  effect text not null check (effect in ('contact', 'company', 'deal', 'activity', 'file', 'task', 'stage', 'notice')),
  key text not null,
  state text not null check (state in ('claimed', 'unknown', 'confirmed', 'gone')),
  owner text,
  lease_until timestamptz,
  -- before this moment a write of the last owner may still land: nobody settles (lease_until + the adapter's settleMs)
  settle_after timestamptz,
  record_id text,
  -- whether a call of ours made the record; null when the CRM does not tell
  created boolean,
  -- the last desired value per field written
  desired jsonb not null default '{}',
  event_id text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant, crm, effect, key)
);
create index effects_unsettled on effects (tenant) where state in ('claimed', 'unknown');

create table waiting (
  seq bigint generated always as identity unique,
  tenant text not null,
  event_id text not null,
  lane text not null,
  stage text not null check (stage in ('parse', 'deliver')),
  kind text not null check (kind in ('retry', 'parked', 'held')),
  code text not null,
  conversation_id text,
  due_at timestamptz not null,
  since timestamptz not null default now(),
  owner text,
  lease_until timestamptz,
  pass integer not null,
  attempt integer not null,
  order_parsed_at bigint not null,
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  record_timestamp bigint not null,
  key bytea,
  value bytea not null,
  -- [[name, base64], …] in order
  headers jsonb not null,
  primary key (tenant, event_id)
);
create index waiting_due on waiting (stage, due_at);
create index waiting_conversation on waiting (tenant, conversation_id, seq);

create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  key text not null,
  value bytea not null,
  headers jsonb not null,
  created_at timestamptz not null default now()
);

create table circuits (
  tenant text not null,
  crm text not null,
  state text not null check (state in ('closed', 'open')),
  failures integer not null default 0,
  code text,
  opened_at timestamptz,
  probe_at timestamptz,
  probes integer not null default 0,
  -- one email is out as the probe
  probing boolean not null default false,
  primary key (tenant, crm)
);

create table conversations (
  tenant text not null,
  conversation_id text not null,
  canonical_id text not null,
  primary key (tenant, conversation_id)
);
create index conversations_canonical on conversations (tenant, canonical_id);

create table messages (
  tenant text not null,
  message_id text not null,
  conversation_id text not null,
  primary key (tenant, message_id)
);

create table journey (
  id bigint generated always as identity primary key,
  tenant text not null,
  event_id text not null,
  at timestamptz not null default now(),
  service text not null,
  what text not null,
  detail jsonb not null default '{}'
);
create index journey_event on journey (tenant, event_id, id);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  detail jsonb not null
);

-- Joins what a message's headers show to be one conversation and answers its canonical id: the smallest conversation id of the
-- joined set, hence the same in any order of arrival. The deal of the set is its oldest; while a member's deal is being written
-- the answer is null (ask again later), since which deal is the oldest is not known yet.
create function resolve_conversation(p_tenant text, p_conversation text, p_message text, p_related text[], p_roots text[]) returns text
language plpgsql as $$
declare
  v_members text[];
  v_canonical text;
begin
  -- Replies of a tenant are looked at one at a time: two that show each other's conversation would not see each other's rows.
  if cardinality(p_related) > 0 then
    perform pg_advisory_xact_lock(hashtextextended(p_tenant, 7));
  end if;
  insert into conversations (tenant, conversation_id, canonical_id) values (p_tenant, p_conversation, p_conversation)
    on conflict do nothing;
  if p_message is not null then
    insert into messages (tenant, message_id, conversation_id) values (p_tenant, p_message, p_conversation) on conflict do nothing;
  end if;

  select array_agg(distinct c.canonical_id) into v_members from conversations c
   where c.tenant = p_tenant and (
     c.conversation_id = p_conversation
     or c.conversation_id = any (p_roots)
     or c.conversation_id in (select m.conversation_id from messages m where m.tenant = p_tenant and (m.message_id = any (p_related) or m.message_id = p_message)));
  if array_length(v_members, 1) = 1 then
    return v_members[1];
  end if;

  select array_agg(distinct c.canonical_id) into v_members from conversations c
   where c.tenant = p_tenant and c.canonical_id = any (
     select x.canonical_id from conversations x where x.tenant = p_tenant and x.conversation_id = any (v_members || p_conversation));
  if exists (select 1 from effects e where e.tenant = p_tenant and e.effect = 'deal' and e.key = any (v_members) and e.state in ('claimed', 'unknown')) then
    return null;
  end if;
  select min(m) into v_canonical from unnest(v_members) m;
  insert into effects (tenant, crm, effect, key, state, record_id, created, desired, event_id, created_at)
    select distinct on (e.crm) e.tenant, e.crm, 'deal', v_canonical, e.state, e.record_id, e.created, e.desired, e.event_id, e.created_at
      from effects e where e.tenant = p_tenant and e.effect = 'deal' and e.key = any (v_members) and e.state = 'confirmed'
     order by e.crm, e.created_at, e.key
  on conflict (tenant, crm, effect, key) do update
    set record_id = excluded.record_id, created_at = excluded.created_at, event_id = excluded.event_id, updated_at = now()
    where effects.record_id is distinct from excluded.record_id;
  update conversations set canonical_id = v_canonical where tenant = p_tenant and canonical_id = any (v_members) and canonical_id <> v_canonical;
  update waiting set conversation_id = v_canonical where tenant = p_tenant and conversation_id = any (v_members);
  return v_canonical;
end
$$;
