-- What each version of a tenant's mapping was made of: its parts as digests, so that whoever looks at an email sees what has changed since it was written.
create table mapping_versions (
  tenant text not null,
  version text not null,
  parts jsonb not null,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  primary key (tenant, version)
);
