-- Messages that the tenant sent and registered (POST /v1/outbound-messages), so that replies find their deal.
create table sent_messages (
  tenant text not null,
  message_id text not null,
  contact_email text,
  deal_id text,
  campaign text,
  sent_at bigint not null,
  received_at bigint not null,
  -- whether the emails that came before it have been given to rematches
  matched boolean not null default false,
  primary key (tenant, message_id)
);

-- Which emails refer to which messages: a registration that comes later finds them.
create table message_mentions (
  tenant text not null,
  message_id text not null,
  email_key text not null,
  event_id text not null,
  lane text not null,
  conversation_id text not null,
  -- 0 for In-Reply-To, then References from the newest
  position integer not null,
  primary key (tenant, message_id, email_key)
);
create index message_mentions_email on message_mentions (tenant, email_key);

-- Emails whose deal is to be looked for again, since a message that they refer to was registered after them.
create table rematches (
  tenant text not null,
  email_key text not null,
  event_id text not null,
  lane text not null,
  conversation_id text not null,
  attempt integer not null default 0,
  due_at timestamptz not null default now(),
  owner text,
  lease_until timestamptz,
  primary key (tenant, email_key)
);
create index rematches_due on rematches (due_at);
