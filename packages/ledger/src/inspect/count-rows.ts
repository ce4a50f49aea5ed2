import type { Database } from "../database.ts";

/** Where a page of a count ends: rows are counted by when they were received. */
export interface CountPlace {
  readonly receivedAt: number;
  readonly eventId: string;
  readonly tenant: string;
}

/** Before the first row. */
export const FIRST_COUNT: CountPlace = { receivedAt: -1, eventId: "", tenant: "" };

export interface StateCount {
  readonly tenant: string;
  readonly state: string;
  readonly emails: number;
}

/**
 * How many of the next rows each tenant has in each state, with where the page ends; null at the end. The index by time holds all of it
 * (0033): of ten million rows none is read.
 */
export async function countFrom(
  database: Database,
  after: CountPlace,
  limit: number,
): Promise<{ readonly counts: readonly StateCount[]; readonly last: CountPlace | null }> {
  const rows = await database.query<StateCount & { receivedAt: number; eventId: string }>(
    `with page as materialized (
       select received_at, event_id, tenant, state from deliveries where (received_at, event_id, tenant) > ($1::bigint, $2::text, $3::text)
        order by received_at, event_id, tenant limit $4),
      last as (select received_at, event_id, tenant from page order by received_at desc, event_id desc, tenant desc limit 1)
     select tenant, state, count(*) as emails, null::bigint as "receivedAt", null as "eventId" from page group by tenant, state
     union all select tenant, '', 0, received_at, event_id from last`,
    [after.receivedAt, after.eventId, after.tenant, limit],
  );
  const counts = rows.filter(({ state }) => state !== "");
  const last = rows.find(({ state }) => state === "");
  const counted = counts.reduce((sum, { emails }) => sum + emails, 0);
  return {
    counts: counts.map(({ tenant, state, emails }) => ({ tenant, state, emails })),
    last: last === undefined || counted < limit ? null : last,
  };
}

/** Dead letters that an operator gave up, by tenant: among those that `countFrom` counts. */
export async function countDiscarded(database: Database): Promise<Map<string, number>> {
  const rows = await database.query<{ tenant: string; emails: number }>(
    "select tenant, count(*) as emails from deliveries where state = 'dead_lettered' and discarded_pass = pass group by tenant",
  );
  return new Map(rows.map(({ tenant, emails }) => [tenant, emails]));
}

/** Of emails that were received since a moment, epoch ms. */
export async function countSince(
  database: Database,
  since: number,
  tenants: readonly string[] | null,
): Promise<StateCount[]> {
  return database.query<StateCount>(
    `select tenant, state, count(*) as emails from deliveries where received_at >= $1 and ($2::text[] is null or tenant = any ($2))
      group by tenant, state`,
    [since, tenants],
  );
}
