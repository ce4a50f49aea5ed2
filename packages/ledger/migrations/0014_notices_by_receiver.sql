-- Notices are taken receiver by receiver: one that does not answer holds up no other, however many wait for it.
create index notices_open on notices (tenant, notice, due_at) where ended_at is null;
drop index notices_due;
