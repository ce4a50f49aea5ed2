import type { Database } from "../database.ts";

/** Uncounts the starts of deliveries that a fault of the infrastructure stopped: the process lives, so they did not end it. */
export async function takeBackStarts(
  database: Database,
  deliveries: readonly { readonly tenant: string; readonly eventId: string }[],
): Promise<void> {
  await database.query(
    `update deliveries d set starts = greatest(d.starts - 1, 0)
       from (select distinct tenant, event_id from unnest($1::text[], $2::text[]) as r(tenant, event_id)) r
      where d.tenant = r.tenant and d.event_id = r.event_id`,
    [deliveries.map(({ tenant }) => tenant), deliveries.map(({ eventId }) => eventId)],
  );
}

/** Counts a start of a suspect that is parsed alone; 1 for the first. */
export async function startIsolated(database: Database, tenant: string, eventId: string): Promise<number> {
  const [row] = await database.query<{ alone_starts: number }>(
    "update deliveries set alone_starts = alone_starts + 1 where tenant = $1 and event_id = $2 returning alone_starts",
    [tenant, eventId],
  );
  return row?.alone_starts ?? 1;
}

/** Counts the start back: the suspect was parsed, and the process lives. */
export async function endIsolated(database: Database, tenant: string, eventId: string): Promise<void> {
  await database.query("update deliveries set alone_starts = 0 where tenant = $1 and event_id = $2", [tenant, eventId]);
}
