-- Work that an operator asked for and that the services carry out: a row says what, for whom and why, how far it is, and who is at it. Whoever holds
-- the lease works; when it dies, the next one goes on from the row.
create table jobs (
  id text primary key,
  kind text not null check (kind in ('replay', 'dlq_replay', 'dlq_discard', 'lane_move')),
  -- what carries it out: parser, crm-sink, or cli
  service text not null,
  lane text not null,
  name text not null,
  actor text not null,
  why text,
  filter jsonb not null default '{}',
  -- what it is about, fixed when it was asked: offsets by partition, or the ids of a set
  frozen jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'running', 'paused', 'cancelled', 'done', 'failed')),
  -- what its holder is asked to do next
  wanted text check (wanted in ('pause', 'cancel')),
  done bigint not null default 0,
  total bigint,
  results jsonb not null default '{}',
  -- where the next holder goes on, in the words of its kind
  place jsonb not null default '{}',
  detail text,
  holder text,
  lease_until timestamptz,
  asked_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz
);
create index jobs_open on jobs (service, lane, asked_at) where state in ('waiting', 'running', 'paused');
create index jobs_asked on jobs (asked_at);
