import type { Database } from "../database.ts";

/** Which deliveries are listed; what is not said does not matter. */
export interface DeliveryFilter {
  readonly tenant?: string | undefined;
  readonly state?: string | undefined;
  /** Received then or later, epoch ms. */
  readonly since?: number | undefined;
  /** Of the sender's address, exactly. */
  readonly domain?: string | undefined;
  /** The page that follows this place, or the one that ends before it. */
  readonly from?: { readonly place: ListPlace; readonly way: "after" | "before" } | undefined;
  readonly limit: number;
}

/** Instead of a state: every one that is no end. */
export const IN_FLIGHT = "in_flight";
const NOT_ENDED = "state in ('accepted', 'parsed', 'delivering', 'waiting')";

/** A place in the list, which runs from the newest to the oldest. */
export interface ListPlace {
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly eventId: string;
}

/** A delivery in a list: no content, and no one's address. */
export interface ListedDelivery extends ListPlace {
  readonly tenant: string;
  readonly state: string;
  readonly reason: string | null;
  readonly source: string;
  readonly senderDomain: string | null;
  readonly endedAt: number | null;
}

/**
 * A page of deliveries, the newest first. Its places are found by index alone (0033), and only the rows of the page itself are read: of
 * millions of deliveries a page takes milliseconds, and where what is asked for is rare a walk through that index, or through one of what is rare.
 */
export async function listDeliveries(database: Database, filter: DeliveryFilter): Promise<ListedDelivery[]> {
  const { sql, values } = pageQuery(filter);
  const rows = await database.query<ListedDelivery>(sql, values);
  return filter.from?.way === "before" ? rows.toReversed() : rows;
}

/** Only what is asked for stands in the statement, so that Postgres chooses the index for it. */
export function pageQuery(filter: DeliveryFilter): { readonly sql: string; readonly values: unknown[] } {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const { tenant, state, since, domain, from, limit } = filter;
  const order = from?.way === "before" ? "asc" : "desc";
  const where = [
    ...(tenant === undefined ? [] : [`tenant = ${value(tenant)}`]),
    ...(state === undefined ? [] : [state === IN_FLIGHT ? NOT_ENDED : `state = ${value(state)}`]),
    ...(since === undefined ? [] : [`received_at >= ${value(since)}`]),
    ...(domain === undefined ? [] : [`sender_domain = ${value(domain)}`]),
    ...(from === undefined
      ? []
      : [
          `(received_at, event_id) ${order === "asc" ? ">" : "<"} (${value(from.place.receivedAt)}, ${value(from.place.eventId)})`,
        ]),
  ];
  const sql = `with page as (
      select received_at, event_id, tenant from deliveries ${where.length === 0 ? "" : `where ${where.join(" and ")}`}
       order by received_at ${order}, event_id ${order} limit ${value(limit)})
    select d.event_id as "eventId", d.tenant, d.state, d.reason, d.source, d.sender_domain as "senderDomain", d.received_at as "receivedAt",
           d.ended_at as "endedAt"
      from page join deliveries d using (tenant, event_id) order by d.received_at ${order}, d.event_id ${order}`;
  return { sql, values };
}
