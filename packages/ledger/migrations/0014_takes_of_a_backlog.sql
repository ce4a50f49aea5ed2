-- Half a million emails may wait: a take reads the first of each tenant, and neither the end of a circuit nor that of buffer mode writes to each
-- waiting row. Whether such a row may go on is asked of the circuit and the buffer when it is taken.
create index waiting_order on waiting (stage, tenant, seq);
create index waiting_retries on waiting (stage, tenant, due_at) where kind = 'retry';
create index waiting_for_itself on waiting (tenant) where kind = 'parked' and code not in ('circuit_open', 'buffer_mode', 'quota', 'behind_conversation');
create index waiting_buffered on waiting (tenant) where code = 'buffer_mode';
drop index waiting_due;
