-- What a job is about, in words of the operation that asked for it: of two that ask for the same at once, one gets the job. Null: does not matter.
alter table jobs add column under_way text;
create unique index jobs_under_way on jobs (under_way) where state in ('waiting', 'running', 'paused');
