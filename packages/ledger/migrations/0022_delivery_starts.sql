-- Deliveries that a sink began without an end: an email that kills the process shows here.
alter table deliveries add column deliver_starts integer not null default 0;
-- Those that were begun with nothing else under way in the process.
alter table deliveries add column deliver_alone_starts integer not null default 0;
