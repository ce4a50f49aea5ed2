-- What operators search by besides ids: keyed hashes (SEARCH_KEY) of the addresses that an email names and of the words of its subject. From
-- the table alone none of them can be told, and none can be tried without the key.
create table search_terms (
  tenant text not null,
  hash bytea not null,
  received_at bigint not null,
  event_id text not null,
  kind text not null check (kind in ('address', 'subject')),
  primary key (tenant, hash, received_at, event_id)
);
-- For what is swept by age, and for the terms of one email, whose received_at its row has.
create index search_terms_received on search_terms (received_at);

-- Since when emails are found by the hashes of a key: those before it are not.
create table search_keys (
  name text primary key,
  since timestamptz not null default clock_timestamp()
);

-- Ids that are searched for and had no index. By offset first: topics are few, and an offset of a partition is one in each.
create index deliveries_conversation on deliveries (conversation_id) where conversation_id is not null;
create index deliveries_trace on deliveries (trace_id) where trace_id is not null;
create index deliveries_raw_place on deliveries (raw_offset, raw_partition);
create index deliveries_normalized_place on deliveries (normalized_offset, normalized_partition) where normalized_offset is not null;
create index deliveries_dlq_place on deliveries (dlq_offset, dlq_partition) where dlq_offset is not null;
