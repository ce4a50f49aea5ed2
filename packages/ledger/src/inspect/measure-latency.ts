import type { Database } from "../database.ts";

/** Of more emails than these the newest tell. */
const MOST_MEASURED = 20_000;

/** From acceptance to the CRM, of emails that were received since a moment. */
export interface Latency {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** How many emails it was taken from. */
  readonly emails: number;
}

export async function measureLatency(
  database: Database,
  since: number,
  tenants: readonly string[] | null,
): Promise<Latency> {
  const [row] = await database.query<Latency>(
    `select percentile_cont(0.5) within group (order by took) as "p50Ms", percentile_cont(0.99) within group (order by took) as "p99Ms", count(*) as emails
       from (select ended_at - received_at as took from deliveries
              where received_at >= $1 and state = 'written' and ($2::text[] is null or tenant = any ($2))
              order by received_at desc limit ${MOST_MEASURED}) newest where took is not null`,
    [since, tenants],
  );
  return row ?? { p50Ms: null, p99Ms: null, emails: 0 };
}

/** Dead letters that ended in a span, epoch ms. */
export async function countDied(
  database: Database,
  { from, to, tenants }: { readonly from: number; readonly to: number; readonly tenants: readonly string[] | null },
): Promise<number> {
  const [row] = await database.query<{ emails: number }>(
    `select count(*) as emails from deliveries where state = 'dead_lettered' and ended_at >= $1 and ended_at < $2
        and ($3::text[] is null or tenant = any ($3))`,
    [from, to, tenants],
  );
  return row?.emails ?? 0;
}
