-- What one person asked for and a second one is to approve (FOUR_EYES). What it means is fixed when it is asked.
create table proposals (
  id text primary key,
  operation text not null,
  input jsonb not null,
  -- null: every tenant
  tenant text,
  emails bigint,
  proposer text not null,
  proposed_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null default clock_timestamp() + interval '1 day',
  -- approved: it is being done, or its process ended in the middle
  state text not null default 'proposed' check (state in ('proposed', 'approved', 'rejected', 'done', 'failed')),
  decided_by text,
  decided_at timestamptz,
  why text,
  problem text
);
create index proposals_open on proposals (proposed_at) where state = 'proposed';
create index proposals_proposed on proposals (proposed_at);
