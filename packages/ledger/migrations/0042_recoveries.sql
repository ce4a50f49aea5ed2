-- The ledger was restored from a backup: what was written since then is in CRMs and not here. While a recovery is open, an effect that has no row
-- counts as claimed and unconfirmed: it is looked for before it is written.
create table recoveries (
  id bigint generated always as identity primary key,
  -- deliveries received before this may have been written without a row here, epoch ms
  before_at bigint not null,
  actor text not null,
  why text,
  begun_at timestamptz not null default clock_timestamp(),
  -- the ends of the topics when it began, by topic and partition: once they are read again, everything has its row
  ends jsonb not null default '{}',
  -- from then on sinks may work
  caught_up_at timestamptz,
  ended_at timestamptz,
  ended_by text
);
create unique index recoveries_open on recoveries ((true)) where ended_at is null;
