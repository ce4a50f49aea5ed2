-- What is kept and for how long (docs/guides/retention.md), legal holds (docs/guides/legal-hold.md), and which emails need which blob.

-- Blobs that the ledger knows. The row is locked while a use is added and while the blob is deleted, so that no email ever names one that goes.
create table stored_blobs (
  tenant text not null,
  key text not null,
  -- without a use since; deleted then or later
  due_at timestamptz,
  primary key (tenant, key)
);
create index stored_blobs_due on stored_blobs (due_at) where due_at is not null;

create table blob_uses (
  tenant text not null,
  event_id text not null,
  key text not null,
  -- body: what the gateway put there; part: what the parser did; copy: of a record that a hold keeps
  kind text not null check (kind in ('body', 'part', 'copy')),
  primary key (tenant, event_id, key)
);
create index blob_uses_key on blob_uses (tenant, key);

-- Mail that neither retention nor an erasure may take. Every field that is not null must fit.
create table legal_holds (
  id text primary key,
  tenant text not null,
  person text,
  -- until it is released: for emails from before their writers were kept
  address text,
  event_id text,
  conversation_id text,
  from_at bigint,
  until_at bigint,
  actor text not null,
  why text not null,
  since timestamptz not null default clock_timestamp(),
  released_at timestamptz,
  released_by text
);
create index legal_holds_open on legal_holds (tenant) where released_at is null;

-- Records of held mail, copied out of Kafka, which deletes by age: value as it was.
create table held_records (
  tenant text not null,
  event_id text not null,
  blob_key text not null,
  blob_bytes bigint not null,
  copied_at timestamptz not null default clock_timestamp(),
  primary key (tenant, event_id)
);

-- One instance at a time does what is to be done once: it holds the row's lease, and the next one goes on from its place.
create table sweeps (
  name text primary key,
  holder text,
  lease_until timestamptz,
  place jsonb not null default '{}',
  -- rows that went in this run, by table
  counts jsonb not null default '{}',
  started_at timestamptz,
  ended_at timestamptz
);

create index if not exists deliveries_conversation on deliveries (conversation_id);
create index sent_messages_person on sent_messages (tenant, contact_email) where contact_email is not null;
create index sent_messages_age on sent_messages (received_at);
