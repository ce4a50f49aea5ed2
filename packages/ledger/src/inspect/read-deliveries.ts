import type { Database } from "../database.ts";
import { OPEN_DEAD_LETTER } from "../deliveries/dead-letter-set.ts";
import { epochMs } from "../milliseconds.ts";

/** A delivery as operators see it. Times are epoch ms. */
export interface DeliveryView {
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
  readonly state: string;
  readonly stage: string | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly duplicateOf: string | null;
  readonly warnings: string[];
  readonly evidence: Record<string, unknown>;
  readonly effects: { effect: string; key: string; recordId: string | null; created: boolean | null }[];
  readonly pass: number;
  readonly attempt: number;
  readonly source: { name: string; kind: string; deliveryId: string | null; eventId: string | null };
  readonly emailKey: string | null;
  readonly contentHash: string | null;
  readonly conversationId: string | null;
  readonly messageId: string | null;
  readonly traceId: string | null;
  readonly raw: Coordinates | null;
  readonly normalized: Coordinates | null;
  readonly deadLetter: Coordinates | null;
  readonly receivedAt: number;
  readonly acceptedAt: number | null;
  readonly parsedAt: number | null;
  readonly deliveringAt: number | null;
  readonly endedAt: number | null;
}

export interface Coordinates {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface JourneyStep {
  readonly at: number;
  readonly service: string;
  readonly what: string;
  readonly detail: Record<string, unknown>;
}

type Row = Record<string, unknown>;

export async function readDelivery(database: Database, tenant: string, eventId: string): Promise<DeliveryView | null> {
  const [row] = await database.query<Row>("select * from deliveries where tenant = $1 and event_id = $2", [
    tenant,
    eventId,
  ]);
  return row === undefined ? null : toView(row);
}

export async function readJourney(database: Database, tenant: string, eventId: string): Promise<JourneyStep[]> {
  const rows = await database.query<Row>(
    `select ${epochMs("at")} as at, service, what, detail from journey where tenant = $1 and event_id = $2 order by id`,
    [tenant, eventId],
  );
  return rows as unknown as JourneyStep[];
}

/** What the emails of one emailKey wrote, from the delivery that wrote it. */
export async function getEffects(
  database: Database,
  tenant: string,
  emailKey: string,
): Promise<{ effect: string; key: string; recordId: string | null; state: string; created: boolean | null }[]> {
  const rows = await database.query<{
    effects: { effect: string; key: string; recordId: string | null; created: boolean | null }[];
  }>(
    "select effects from deliveries where tenant = $1 and email_key = $2 and state = 'written' order by ended_at limit 1",
    [tenant, emailKey],
  );
  return (rows[0]?.effects ?? []).map((effect) => ({ ...effect, state: "confirmed" }));
}

export interface DeadLetterFilter {
  readonly tenant?: string | undefined;
  readonly reason?: string | undefined;
  /** Ended then or later, epoch ms. */
  readonly since?: number | undefined;
  readonly limit: number;
}

export async function listDeadLetters(database: Database, filter: DeadLetterFilter): Promise<DeliveryView[]> {
  const rows = await database.query<Row>(
    `select * from deliveries d where ${OPEN_DEAD_LETTER} and ($1::text is null or tenant = $1) and ($2::text is null or reason = $2)
        and ended_at >= $4 order by ended_at desc limit $3`,
    [filter.tenant ?? null, filter.reason ?? null, filter.limit, filter.since ?? 0],
  );
  return rows.map(toView);
}

export async function countByState(database: Database): Promise<Record<string, number>> {
  const rows = await database.query<{ state: string; n: number }>(
    "select state, count(*) as n from deliveries group by state",
  );
  return Object.fromEntries(rows.map((row) => [row.state, row.n]));
}

/** States of many events at once; an event without a row is absent. */
export async function getStates(
  database: Database,
  events: readonly { tenant: string; eventId: string }[],
): Promise<Map<string, string>> {
  const rows = await database.query<{ tenant: string; event_id: string; state: string }>(
    `select d.tenant, d.event_id, d.state from unnest($1::text[], $2::text[]) as r(tenant, event_id) join deliveries d using (tenant, event_id)`,
    [events.map((event) => event.tenant), events.map((event) => event.eventId)],
  );
  return new Map(rows.map((row) => [`${row.tenant}/${row.event_id}`, row.state]));
}

export async function outboxSize(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>("select count(*) as n from outbox");
  return row?.n ?? 0;
}

export function toView(row: Row): DeliveryView {
  const at = (prefix: string): Coordinates | null =>
    row[`${prefix}_topic`] === null
      ? null
      : {
          topic: row[`${prefix}_topic`] as string,
          partition: row[`${prefix}_partition`] as number,
          offset: row[`${prefix}_offset`] as number,
        };
  return {
    tenant: row["tenant"] as string,
    eventId: row["event_id"] as string,
    lane: row["lane"] as string,
    state: row["state"] as string,
    stage: row["stage"] as string | null,
    reason: row["reason"] as string | null,
    detail: row["detail"] as string | null,
    duplicateOf: row["duplicate_of"] as string | null,
    warnings: row["warnings"] as string[],
    evidence: row["evidence"] as Record<string, unknown>,
    effects: row["effects"] as DeliveryView["effects"],
    pass: row["pass"] as number,
    attempt: row["attempt"] as number,
    source: {
      name: row["source"] as string,
      kind: row["source_kind"] as string,
      deliveryId: row["source_delivery_id"] as string | null,
      eventId: row["source_event_id"] as string | null,
    },
    emailKey: row["email_key"] as string | null,
    contentHash: row["content_hash"] as string | null,
    conversationId: row["conversation_id"] as string | null,
    messageId: row["message_id"] as string | null,
    traceId: row["trace_id"] as string | null,
    raw: at("raw"),
    normalized: at("normalized"),
    deadLetter: at("dlq"),
    receivedAt: row["received_at"] as number,
    acceptedAt: row["accepted_at"] as number | null,
    parsedAt: row["parsed_at"] as number | null,
    deliveringAt: row["delivering_at"] as number | null,
    endedAt: row["ended_at"] as number | null,
  };
}
