-- Tokens of tenants' OAuth grants. What is sealed opens with a secret of the tenant's file, which is not here.
create table oauth_tokens (
  tenant text not null,
  crm text not null,
  -- A hash of what the tenant's file says of the grant: another grant is another row, so that two instances with different files
  -- take nothing from each other.
  grant_id text not null,
  -- 0 while nothing was kept yet.
  generation bigint not null default 0,
  sealed bytea,
  kept_at timestamptz not null default clock_timestamp(),
  -- Who asks the token endpoint at the moment: a refresh token that rotates is good once.
  owner text,
  lease_until timestamptz,
  primary key (tenant, crm, grant_id)
);
