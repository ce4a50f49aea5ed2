-- Tenants whose mail an operator holds back (`inlet buffer on`): nothing of theirs is called, all of it waits.
create table buffers (
  tenant text primary key,
  why text,
  actor text not null,
  since timestamptz not null default clock_timestamp()
);

-- The calls that a tenant's connection to its CRM may still make, shared by all sinks. Below zero: promised to calls that wait for
-- their turn. The quota stands here as the last caller knew it, so that the release of waiting mail needs no tenant file.
create table rate_buckets (
  tenant text not null,
  crm text not null,
  tokens double precision not null,
  -- when `tokens` was right
  at timestamptz not null,
  per_second double precision not null,
  burst double precision not null,
  primary key (tenant, crm)
);

-- Whether mail of a tenant waits for its quota: asked for every tenant with mail, every second.
create index waiting_quota on waiting (tenant) where code = 'quota';
