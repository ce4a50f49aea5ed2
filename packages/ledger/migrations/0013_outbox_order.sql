-- Outcomes of one event are published in their order: of each key only its oldest row is taken.
create index outbox_key on outbox (topic, key, id);
