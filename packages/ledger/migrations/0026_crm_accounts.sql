-- The account that a tenant's effects on a kind of CRM are in: the same id in another account is another record, a stranger's perhaps.
-- `crm` is what stands in effects. What was written before accounts were known is taken to be in the first one that is seen.
create table crm_accounts (
  tenant text not null,
  kind text not null,
  -- as the adapter names it: portal, database, address
  account text not null,
  crm text not null,
  current boolean not null default true,
  since timestamptz not null default clock_timestamp(),
  primary key (tenant, kind, account),
  unique (tenant, crm)
);
create unique index crm_accounts_current on crm_accounts (tenant, kind) where current;
