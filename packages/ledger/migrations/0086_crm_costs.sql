-- What an email costs a tenant's CRM, in requests, as the sinks measured it: of about the last thousand emails. Tells when a backlog will be through.
create table crm_costs (
  tenant text primary key,
  emails double precision not null,
  calls double precision not null
);
