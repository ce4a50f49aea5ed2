-- Where bodies and attachments have lain: whoever names another place is told what stays behind.
create table blob_stores (
  -- a path or an s3:// address, without credentials
  place text primary key,
  since timestamptz not null default clock_timestamp()
);
