-- Who wrote, by domain alone, for `inlet list`. Filled by the parser; rows from before have none until they are parsed again.
alter table deliveries add column sender_domain text;
-- Newest first, whatever is asked for: tenant and state are tested in the index itself, so that a page that matches rarely reads no rows in vain.
create index deliveries_received on deliveries (received_at, event_id) include (tenant, state, sender_domain);
create index deliveries_sender on deliveries (sender_domain, received_at, event_id) include (tenant, state) where sender_domain is not null;
