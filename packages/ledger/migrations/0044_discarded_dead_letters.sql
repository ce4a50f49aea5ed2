-- A dead letter that an operator gives up: it stays a dead letter, and is accounted for as one. Of another pass it is open again.
alter table deliveries add column discarded_pass integer;
alter table deliveries add column discarded_by text;
alter table deliveries add column discarded_why text;
alter table deliveries add column discarded_since timestamptz;
