-- What `inlet reconcile` remembers, so that a loss is still known when the evidence is gone (PROTOCOL.md 7).

-- Records that a group never read and nobody can read any more: written by a consumer that finds its position outside of the log, before it
-- reads on, and by reconcile.
create table log_gaps (
  id bigint generated always as identity primary key,
  group_id text not null,
  topic text not null,
  partition integer not null,
  -- from_offset up to, not including, to_offset
  from_offset bigint not null,
  to_offset bigint not null,
  -- deleted_unread: gone before the group read them; made_anew: the log is shorter than it was, or is another one
  cause text not null check (cause in ('deleted_unread', 'made_anew')),
  found_by text not null,
  found_at timestamptz not null default clock_timestamp(),
  -- an operator has taken note: it is listed, and no longer a finding
  acknowledged_at timestamptz,
  acknowledged_by text,
  why text,
  unique (group_id, topic, partition, from_offset, to_offset)
);

-- How far each log reached when reconcile last looked, to tell a topic that was deleted and made anew.
create table log_marks (
  topic text not null,
  partition integer not null,
  high bigint not null,
  -- epoch ms, and the first offset with that time or a later one, by the broker's clock
  marked_at bigint not null,
  marked_offset bigint not null,
  primary key (topic, partition)
);

-- Rows that have not ended are read page by page in the order of their key.
drop index deliveries_open;
create index deliveries_open on deliveries (state, tenant, event_id) where state in ('accepted', 'parsed', 'delivering', 'waiting', 'dead_lettered');
