-- Which content a source first gave an emailKey to (PROTOCOL.md 1). Another delivery of the source under the same key and with other content is
-- another email. Rows are written once and never changed.
create table email_names (
  tenant text not null,
  source text not null,
  email_key text not null,
  content_hash text not null,
  primary key (tenant, source, email_key)
);
