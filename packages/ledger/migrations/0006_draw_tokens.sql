-- Draws from a tenant's bucket in one step, by Postgres' own clock; the arithmetic is that of `draw` in packages/resilience, and one test holds
-- both to it. `p_now` is for tests. The clock is read once the row is locked: callers that waited for it are later than those before.
create function draw_tokens(p_tenant text, p_crm text, p_per_second double precision, p_burst double precision, p_need double precision,
    p_want double precision, p_max_wait_ms double precision, p_now timestamptz default null)
  returns table (granted double precision, wait_ms double precision)
language plpgsql as $$
declare
  v_bucket rate_buckets;
  v_now timestamptz;
  v_tokens double precision;
  v_must double precision := least(p_need, p_burst);
begin
  insert into rate_buckets (tenant, crm, tokens, at, per_second, burst)
    values (p_tenant, p_crm, p_burst, coalesce(p_now, clock_timestamp()), p_per_second, p_burst) on conflict do nothing;
  select * into v_bucket from rate_buckets where tenant = p_tenant and crm = p_crm for update;
  v_now := greatest(coalesce(p_now, clock_timestamp()), v_bucket.at);
  v_tokens := least(p_burst, v_bucket.tokens + extract(epoch from v_now - v_bucket.at) * p_per_second);
  wait_ms := greatest(0, (v_must - v_tokens) / p_per_second * 1000);
  granted := case when wait_ms > p_max_wait_ms then 0 else greatest(v_must, least(p_want, floor(v_tokens))) end;
  update rate_buckets set tokens = v_tokens - granted, at = v_now, per_second = p_per_second, burst = p_burst
   where tenant = p_tenant and crm = p_crm;
  return next;
end
$$;
