-- Outages that open a circuit come from distinct emails, or from pings.
alter table circuits add column failed_by text[] not null default '{}';

-- Operations of a tenant's CRM (the steps of an email) that fail although the CRM answers a ping, and when somebody last got through.
create table failing_operations (
  tenant text not null,
  crm text not null,
  operation text not null,
  code text not null,
  -- null: somebody got through since
  failing_since timestamptz,
  ok_at timestamptz,
  primary key (tenant, crm, operation)
);

-- The emails that failed at them: whether one fails again, and whether others do as well.
create table failed_calls (
  tenant text not null,
  event_id text not null,
  crm text not null,
  operation text not null,
  failed_at timestamptz not null,
  primary key (tenant, event_id)
);
create index failed_calls_operation on failed_calls (tenant, crm, operation, failed_at);
create index failed_calls_age on failed_calls (failed_at);

-- What has waited beyond its tenant's maxAge.
create index waiting_since on waiting (tenant, since);
