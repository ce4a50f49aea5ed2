import { TOPICS } from "@inlet/schemas";
import type { Database } from "../database.ts";
import { toView, type DeliveryView } from "../inspect/read-deliveries.ts";

/** One kind of id, and the one index that knows it. */
export type IdLookup =
  | { readonly by: keyof typeof COLUMNS | "record"; readonly id: string }
  | { readonly by: "place"; readonly topic: string; readonly partition: number; readonly offset: number };

const COLUMNS = {
  event: "event_id",
  email: "email_key",
  conversation: "conversation_id",
  message: "message_id",
  sourceEvent: "source_event_id",
  sourceDelivery: "source_delivery_id",
  trace: "trace_id",
} as const;

/** Columns of where a delivery's records lie, by the beginning of the topic's name. */
const PLACES = [
  [TOPICS.rawEvents.name, "raw"],
  [TOPICS.normalizedEvents.name, "normalized"],
  [TOPICS.dlq.name, "dlq"],
] as const;

/** A sender may give all of its mail one id: so many rows of it are looked at. */
const MOST_LOOKED_AT = 2_000;
const MOST_FOUND = 100;

/**
 * Deliveries that an id names, the newest first, at most 100: each lookup is a statement by one index.
 * @param tenants only of these; null for every tenant
 */
export async function findById(
  database: Database,
  lookups: readonly IdLookup[],
  tenants: readonly string[] | null,
): Promise<DeliveryView[]> {
  const found = await Promise.all(lookups.map(async (lookup) => findOne(database, lookup, tenants)));
  const views = new Map(found.flat().map((view) => [`${view.tenant}/${view.eventId}`, view]));
  return [...views.values()].toSorted((a, b) => b.receivedAt - a.receivedAt).slice(0, MOST_FOUND);
}

async function findOne(
  database: Database,
  lookup: IdLookup,
  tenants: readonly string[] | null,
): Promise<DeliveryView[]> {
  const condition = toCondition(lookup);
  if (condition === null) return [];
  const { where, values } = condition;
  // Apart from the sorting: else Postgres may walk all mail by time until it has met a hundred.
  const rows = await database.query<Record<string, unknown>>(
    `with found as materialized (select tenant, event_id from deliveries where ${where}
        and ($1::text[] is null or tenant = any ($1)) limit ${MOST_LOOKED_AT})
     select d.* from found join deliveries d using (tenant, event_id) order by d.received_at desc limit ${MOST_FOUND}`,
    [tenants, ...values],
  );
  return rows.map(toView);
}

function toCondition(lookup: IdLookup): { readonly where: string; readonly values: unknown[] } | null {
  if (lookup.by === "record")
    return { where: "effects @> $2::jsonb", values: [JSON.stringify([{ recordId: lookup.id }])] };
  if (lookup.by !== "place") return { where: `${COLUMNS[lookup.by]} = $2`, values: [lookup.id] };
  const { topic, partition, offset } = lookup;
  const prefix = PLACES.find(([name]) => topic === name || topic.startsWith(`${name}.`));
  if (prefix === undefined) return null;
  const [, column] = prefix;
  return {
    where: `${column}_offset = $2 and ${column}_partition = $3 and ${column}_topic = $4`,
    values: [offset, partition, topic],
  };
}
