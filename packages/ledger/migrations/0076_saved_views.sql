-- Filters of the list of emails that people keep under a name, for themselves or for who may see the same emails.
create table saved_views (
  id text primary key,
  -- As the audit names them.
  owner text not null,
  -- null: every tenant
  tenant text,
  name text not null,
  -- As in the list's address, in the list's own order.
  query text not null,
  shared boolean not null,
  created_at timestamptz not null default clock_timestamp(),
  unique (owner, name)
);
create index saved_views_shared on saved_views (tenant) where shared;
