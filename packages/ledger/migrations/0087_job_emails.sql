-- What a job did, or a dry run would do, with each email: of what was unchanged nothing is kept, and of a job at most ten thousand emails.
create table job_emails (
  job text not null references jobs (id) on delete cascade,
  tenant text not null,
  event_id text not null,
  result text not null,
  reason text,
  detail text,
  -- fields as they are and as they would be, cut short; kept for seven days
  changes jsonb not null default '[]',
  primary key (job, tenant, event_id)
);
create index job_emails_result on job_emails (job, result, tenant, event_id);
create index job_emails_event on job_emails (tenant, event_id);
alter table jobs drop constraint jobs_kind_check;
alter table jobs add constraint jobs_kind_check check (kind in ('replay', 'dlq_replay', 'dlq_discard', 'lane_move', 'dry_run'));
