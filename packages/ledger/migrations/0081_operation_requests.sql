-- What was asked of the console's API under a key of the one who asks, so that asked twice it is done once. The key itself stands nowhere: the
-- answer, which may hold a secret, is sealed with it.
create table operation_requests (
  -- SHA-256 of who asks and the key
  hash bytea primary key,
  -- SHA-256 of what was asked
  fingerprint bytea not null,
  asked_at timestamptz not null default clock_timestamp(),
  -- null: it is being done, or its process ended in the middle
  answer bytea
);
create index operation_requests_asked on operation_requests (asked_at);
