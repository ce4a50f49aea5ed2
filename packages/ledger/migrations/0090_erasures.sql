-- Who wrote which email, by keyed digests, and whose mail is erased (docs/guides/erasure.md).

-- Digests of addresses are made with the tenant's own key: equal addresses of two tenants have different digests, and without it none can
-- be told from a list of addresses.
create table person_keys (
  tenant text primary key,
  key bytea not null
);

-- The people who wrote an email: From, the contact behind it, and where they want answers.
create table email_writers (
  tenant text not null,
  event_id text not null,
  person text not null,
  primary key (tenant, event_id, person)
);
create index email_writers_person on email_writers (tenant, person, event_id);

-- An erasure is a tombstone from the moment it is asked for, and stays one: mail of that person that was accepted before is written nowhere.
create table erasures (
  id text primary key,
  tenant text not null,
  person text not null,
  -- until everything is gone; then blank
  address text,
  actor text not null,
  why text,
  accepted_at bigint not null,
  state text not null default 'running' check (state in ('running', 'pending', 'done')),
  -- rows and blobs that went, by table
  counts jsonb not null default '{}',
  -- emails that a hold keeps
  held integer not null default 0,
  -- emails of the person that are still under way
  open integer not null default 0,
  asked_at timestamptz not null default clock_timestamp(),
  looked_at timestamptz,
  ended_at timestamptz
);
create index erasures_person on erasures (tenant, person);
create index erasures_open on erasures (asked_at) where ended_at is null;

-- What the CRM has of the person: for those who erase it there.
create table erased_records (
  erasure_id text not null,
  crm text not null,
  effect text not null,
  record_id text not null,
  -- whether other people's mail uses the record as well
  shared boolean not null default false,
  primary key (erasure_id, crm, effect, record_id)
);

alter table deliveries add column erased_at timestamptz;
-- It ends as suppressed, and no dead letter keeps its bytes.
alter table waiting add column erased boolean not null default false;
