import type { Database } from "../database.ts";

/** Counts a start of a suspect that a sink delivers with nothing else under way; 1 for the first. */
export async function startIsolatedDelivery(database: Database, tenant: string, eventId: string): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    "update deliveries set deliver_alone_starts = deliver_alone_starts + 1 where tenant = $1 and event_id = $2 returning deliver_alone_starts as n",
    [tenant, eventId],
  );
  return row?.n ?? 1;
}

/** Counts starts back: the process lives, so that what stopped the email, Inlet's own infrastructure, is not held against it. */
export async function forgetDeliveryStarts(database: Database, tenant: string, eventId: string): Promise<void> {
  await database.query(
    `with w as (update waiting set starts = 0 where tenant = $1 and event_id = $2 and stage = 'deliver')
     update deliveries set deliver_starts = 0, deliver_alone_starts = 0 where tenant = $1 and event_id = $2`,
    [tenant, eventId],
  );
}
