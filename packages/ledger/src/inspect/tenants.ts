import type { Database } from "../database.ts";
import { epochMs, msSince, msUntil } from "../milliseconds.ts";

/** How a tenant's mail stands with its CRM, as far as the ledger has seen it. */
export interface TenantView {
  readonly tenant: string;
  /** The kind of its CRM; null before its first call. */
  readonly crm: string | null;
  /** `open` while its CRM is away. */
  readonly circuit: "closed" | "open";
  readonly circuitCode: string | null;
  /** Epoch ms. */
  readonly circuitSince: number | null;
  readonly probeInMs: number | null;
  /** Of the bucket of its CRM's calls: what is in it now, what it refills by, what it holds; null before its first call. */
  readonly tokens: number | null;
  readonly perSecond: number | null;
  readonly burst: number | null;
  /** What is left of its CRM's other limits, such as a day's calls. */
  readonly units: readonly UnitLeft[];
  /** Requests that an email costs, as measured; null before ten were. */
  readonly callsAnEmail: number | null;
  /** Epoch ms; null: its mail is not held back. */
  readonly heldSince: number | null;
  readonly heldWhy: string | null;
  readonly heldBy: string | null;
  readonly waiting: number;
  /** Of these: what waits until something lets it go, a circuit, a hold, the quota or an earlier email. */
  readonly parked: number;
  /** That the ledger keeps of what waits. */
  readonly parkedBytes: number;
  /** How long the oldest of it waits. */
  readonly oldestMs: number | null;
  /** Emails that come a second: the middle one of the last ten half minutes, so that a burst is no rate. */
  readonly arriving: number;
}

/** A limit of a CRM in a unit of its own. */
export interface UnitLeft {
  readonly unit: string;
  readonly left: number;
  readonly most: number;
}

const [SPANS, SPAN_MS] = [10, 30_000];

/** Replays draw from buckets of their own. */
const NO_REPLAY = "tenant not like 'replay:%'";

/** Every tenant that has waiting mail, a circuit, a bucket, or is held back; or one. */
export async function listTenantViews(database: Database, tenant: string | null = null): Promise<TenantView[]> {
  return database.query<TenantView>(
    `with n as (
       select tenant, stage, kind, code, sum(email_count)::bigint as emails from waiting_counts
        where $1::text is null or tenant = $1 group by 1, 2, 3, 4 having sum(email_count) > 0),
      w as (
       select n.tenant, sum(n.emails)::bigint as emails, coalesce(sum(n.emails) filter (where n.kind = 'parked'), 0)::bigint as parked,
              min(oldest.since) as since
         from n left join lateral (
           select o.since from waiting o where o.tenant = n.tenant and o.stage = n.stage and o.kind = n.kind and o.code = n.code
            order by o.since limit 1) oldest on true
        group by 1),
      known as (select tenant from w union select tenant from circuits union select tenant from rate_buckets where ${NO_REPLAY}
                union select tenant from buffers),
      -- A tenant whose CRM was changed has more than one: what holds it back counts.
      c as (select distinct on (tenant) * from circuits order by tenant, state desc),
      r as (select distinct on (tenant) * from rate_buckets where crm not like '%:%' order by tenant, at desc),
      u as (select tenant, jsonb_agg(jsonb_build_object('unit', split_part(crm, ':', 2), 'most', burst, 'left', greatest(0, floor(
                     least(burst, tokens + per_second * extract(epoch from clock_timestamp() - at))))) order by crm) as units
              from rate_buckets where crm like '%:%' and ${NO_REPLAY} group by 1),
      p as (select tenant, sum(bytes)::bigint as bytes from parked_bytes group by 1),
      spans as (
       select tenant, (extract(epoch from clock_timestamp())::bigint * 1000 - received_at) / ${SPAN_MS} as span, count(*) as emails from deliveries
        where received_at > extract(epoch from clock_timestamp())::bigint * 1000 - ${SPANS * SPAN_MS} group by 1, 2),
      -- Half minutes in which none came have no row.
      a as (select tenant, (array_agg(emails order by emails desc))[${SPANS / 2 + 1}] * 1000 / ${SPAN_MS}::double precision as per_second from spans group by 1)
     select k.tenant, coalesce(r.crm, split_part(c.crm, ':', 1)) as crm, coalesce(c.state, 'closed') as circuit, c.code as "circuitCode",
            ${epochMs("c.opened_at")} as "circuitSince", case when c.state = 'open' then ${msUntil("c.probe_at")} end as "probeInMs",
            least(r.burst, r.tokens + r.per_second * extract(epoch from clock_timestamp() - r.at))::double precision as tokens,
            r.per_second as "perSecond", r.burst, coalesce(u.units, '[]') as units,
            case when s.emails >= 10 then s.calls / s.emails end as "callsAnEmail",
            ${epochMs("b.since")} as "heldSince", b.why as "heldWhy", b.actor as "heldBy",
            coalesce(w.emails, 0) as waiting, coalesce(w.parked, 0) as parked, coalesce(p.bytes, 0) as "parkedBytes",
            ${msSince("w.since")} as "oldestMs", coalesce(a.per_second, 0) as arriving
       from known k left join c using (tenant) left join r using (tenant) left join u using (tenant) left join buffers b using (tenant)
            left join w using (tenant) left join p using (tenant) left join a using (tenant) left join crm_costs s using (tenant)
      where $1::text is null or k.tenant = $1
      order by k.tenant`,
    [tenant],
  );
}
