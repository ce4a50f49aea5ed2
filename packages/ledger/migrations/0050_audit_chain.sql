-- The audit is append-only and chained: each entry has the next number of its tenant, and a hash over the entry before it and itself, so
-- that an entry that is changed, taken out or slipped in shows. What is hashed stands in docs/concepts/ledger.md.
create table audit_heads (
  tenant text primary key,
  seq bigint not null,
  hash bytea not null
);

alter table audit
  add column tenant text not null default '',
  add column seq bigint,
  -- where from: ip address and session of the console, or null for the command line
  add column origin text,
  add column hash bytea;

create function audit_hash(p_before bytea, p_entry audit) returns bytea
language sql immutable as $$
  select sha256(p_before || convert_to(
    jsonb_build_array(p_entry.tenant, p_entry.seq, to_char(p_entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                      p_entry.actor, p_entry.action, p_entry.origin)::text || p_entry.detail::text, 'UTF8'))
$$;

-- The head's row is locked until the entry's transaction ends: numbers without a gap, entries in one order.
create function audit_append() returns trigger
language plpgsql as $$
declare
  head audit_heads;
begin
  new.tenant := coalesce(nullif(new.tenant, ''), new.detail ->> 'tenant', new.detail -> 'filter' ->> 'tenant', '');
  insert into audit_heads (tenant, seq, hash) values (new.tenant, 0, '') on conflict do nothing;
  select * into head from audit_heads where tenant = new.tenant for update;
  new.at := clock_timestamp();
  new.seq := head.seq + 1;
  new.hash := audit_hash(head.hash, new);
  update audit_heads set seq = new.seq, hash = new.hash where tenant = new.tenant;
  return new;
end;
$$;

-- What was audited before the chain becomes its beginning.
do $$
declare
  entry audit;
  head audit_heads;
begin
  for entry in select * from audit order by id loop
    entry.tenant := coalesce(entry.detail ->> 'tenant', entry.detail -> 'filter' ->> 'tenant', '');
    insert into audit_heads (tenant, seq, hash) values (entry.tenant, 0, '') on conflict do nothing;
    select * into head from audit_heads where tenant = entry.tenant;
    entry.seq := head.seq + 1;
    entry.hash := audit_hash(head.hash, entry);
    update audit set tenant = entry.tenant, seq = entry.seq, hash = entry.hash where id = entry.id;
    update audit_heads set seq = entry.seq, hash = entry.hash where tenant = entry.tenant;
  end loop;
end;
$$;

alter table audit alter column seq set not null, alter column hash set not null;
create unique index audit_chain on audit (tenant, seq);
create trigger audit_append before insert on audit for each row execute function audit_append();

create function audit_refuse() returns trigger
language plpgsql as $$
begin
  raise exception 'the audit is append-only';
end;
$$;
create trigger audit_keep before update or delete on audit for each row execute function audit_refuse();
create trigger audit_keep_all before truncate on audit for each statement execute function audit_refuse();
