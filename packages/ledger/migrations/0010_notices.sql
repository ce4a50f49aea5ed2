-- Notices that rules send to the tenant's own systems (WR7): made in the transaction that writes an email, sent from here, each once an
-- email and rule. The body is dropped when the notice has ended; the row stays, so that no replay sends it again.
create table notices (
  tenant text not null,
  -- emailKey/rule
  key text not null,
  event_id text not null,
  -- its name in the tenant's file
  notice text not null,
  body text,
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (tenant, key)
);
create index notices_due on notices (due_at) where ended_at is null;
