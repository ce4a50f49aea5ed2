-- The release of Inlet that ended a delivery: dead letters that began with a release show as a group of their own. Null: one that did not say so.
alter table deliveries add column ended_release text;
-- Dead letters in the order of their ends: a page of them, and the set that a filter means, is found without reading what was written.
create index deliveries_dead_letters on deliveries (ended_at, tenant, event_id) where state = 'dead_lettered';
