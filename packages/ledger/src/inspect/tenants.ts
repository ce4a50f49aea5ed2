import type { Database } from "../database.ts";
import { epochMs, msUntil } from "../milliseconds.ts";

/** How a tenant's mail stands with its CRM, as far as the ledger has seen it. */
export interface TenantView {
  readonly tenant: string;
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
  /** Epoch ms; null: its mail is not held back. */
  readonly heldSince: number | null;
  readonly heldWhy: string | null;
  readonly heldBy: string | null;
  readonly waiting: number;
}

/** Every tenant that has waiting mail, a circuit, a bucket, or is held back. */
export async function listTenantViews(database: Database): Promise<TenantView[]> {
  return database.query<TenantView>(
    `with w as (select tenant, sum(email_count)::bigint as emails from waiting_counts group by tenant having sum(email_count) > 0),
      known as (select tenant from w union select tenant from circuits union select tenant from rate_buckets union select tenant from buffers),
      -- A tenant whose CRM was changed has more than one: what holds it back counts.
      c as (select distinct on (tenant) * from circuits order by tenant, state desc),
      r as (select distinct on (tenant) * from rate_buckets where crm not like '%:%' order by tenant, at desc)
     select k.tenant, coalesce(c.state, 'closed') as circuit, c.code as "circuitCode", ${epochMs("c.opened_at")} as "circuitSince",
            case when c.state = 'open' then ${msUntil("c.probe_at")} end as "probeInMs",
            least(r.burst, r.tokens + r.per_second * extract(epoch from clock_timestamp() - r.at))::double precision as tokens,
            r.per_second as "perSecond", r.burst, ${epochMs("b.since")} as "heldSince", b.why as "heldWhy", b.actor as "heldBy",
            coalesce(w.emails, 0) as waiting
       from known k left join c using (tenant) left join r using (tenant) left join buffers b using (tenant) left join w using (tenant)
      order by k.tenant`,
  );
}
