import type { Database } from "../database.ts";
import { CRM_CODE, whereDeadLetter, type DeadLetterCursor, type DeadLetterSet } from "./dead-letter-set.ts";

/** A dead letter in a list: no content, and no one's address. Times are epoch ms. */
export interface ListedDeadLetter extends DeadLetterCursor {
  readonly reason: string | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly stage: string | null;
  readonly pass: number;
  readonly receivedAt: number;
}

/** The page that follows a place, or the one that ends before it; none: the newest. */
export interface DeadLetterPage {
  readonly from?: { readonly place: DeadLetterCursor; readonly way: "after" | "before" } | undefined;
  readonly limit: number;
}

/** A page of a set, the newest first: by its index alone (0085), however many there are. */
export async function listDeadLetterPage(
  database: Database,
  set: DeadLetterSet,
  { from, limit }: DeadLetterPage,
): Promise<ListedDeadLetter[]> {
  const order = from?.way === "before" ? "asc" : "desc";
  const values: unknown[] = [limit];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const beyond =
    from === undefined
      ? ""
      : `(d.ended_at, d.tenant, d.event_id) ${order === "asc" ? ">" : "<"} (${value(from.place.endedAt)}, ${value(from.place.tenant)}, ${value(from.place.eventId)}) and `;
  const rows = await database.query<ListedDeadLetter>(
    `select d.tenant, d.event_id as "eventId", d.reason, ${CRM_CODE} as code, d.detail, d.stage, d.pass, d.received_at as "receivedAt",
            d.ended_at as "endedAt"
       from deliveries d where ${beyond}${whereDeadLetter(set, values)}
      order by d.ended_at ${order}, d.tenant ${order}, d.event_id ${order} limit $1`,
    values,
  );
  return order === "asc" ? rows.toReversed() : rows;
}
