-- The order of the record that was last taken (PROTOCOL.md 3): pass first, then order_parsed_at. It is not `pass`, which a record that
-- meets a dead letter raises while it still carries the old one.
alter table deliveries add column order_pass integer not null default 0;
-- When a sink took it, by Postgres' own clock: `delivering_at` is the sink's, and clocks of machines differ.
alter table deliveries add column taken_at timestamptz;
