-- Who may ask the console and its API: people by a session, machines by a token. Kept as SHA-256: what stands here opens nothing.
create table access_tokens (
  id text primary key,
  name text not null,
  hash bytea not null unique,
  -- [{"role": "view", "tenant": "acme"}, …]; tenant "*" is every tenant
  grants jsonb not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- A link that signs in once: printed where there is no identity provider.
create table sign_in_links (
  hash bytea primary key,
  actor text not null,
  grants jsonb not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table console_sessions (
  id text primary key,
  hash bytea not null unique,
  actor text not null,
  grants jsonb not null,
  origin text,
  created_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index console_sessions_open on console_sessions (expires_at) where revoked_at is null;
