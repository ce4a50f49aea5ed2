import { asRows, type Database } from "../database.ts";
import type { IncomingDelivery } from "./accept.ts";

/** The row of a record that the sink cannot read, as it stands now. */
export interface UndecodableRecord {
  readonly state: string;
  /** Whether the row's own record is this one. */
  readonly own: boolean;
  /** The order that its ending must carry to count. */
  readonly parsedAt: number;
  readonly pass: number;
  /** Attempts that its row has used up. */
  readonly attempt: number;
  /** Epoch ms: when the gateway took it, or where no one knows, when its record was written. */
  readonly receivedAt: number;
}

/** Dead-lettered by another record than the one that is met. */
const REOPENED = `(d.state = 'dead_lettered' and (d.normalized_topic, d.normalized_partition, d.normalized_offset) is distinct from
         (excluded.normalized_topic, excluded.normalized_partition, excluded.normalized_offset))`;

/**
 * Finds or makes the row of a normalized record that no one can read. A row that was dead-lettered by another record opens its next pass; every other
 * one stays as it is. A made row stands as `delivering`: it is taken up again if the process dies before its end.
 */
export async function acceptUndecodable(
  database: Database,
  incoming: IncomingDelivery,
  now: number,
): Promise<UndecodableRecord> {
  const { tenant, eventId, lane, topic, partition, offset, receivedAt, traceId, pass, source, sourceKind } = incoming;
  const [row] = await database.query<{
    state: string;
    own: boolean;
    parsed_at: number;
    pass: number;
    attempt: number;
    received_at: number;
  }>(
    `insert into deliveries as d (tenant, event_id, lane, state, pass, source, source_kind, normalized_topic, normalized_partition,
       normalized_offset, received_at, accepted_at, delivering_at, trace_id)
     select r.tenant, r.event_id, r.lane, 'delivering', r.pass, r.source, r.source_kind, r.topic, r.partition, r."offset", r.received_at, $2, $2, r.trace_id
       from jsonb_to_recordset($1::jsonb) as r(tenant text, event_id text, lane text, pass int, source text, source_kind text, topic text,
         partition int, "offset" bigint, received_at bigint, trace_id text)
     on conflict (tenant, event_id) do update set
       state = case when ${REOPENED} then 'delivering' else d.state end,
       pass = case when ${REOPENED} then greatest(excluded.pass, d.pass + 1) else d.pass end,
       attempt = case when ${REOPENED} then 0 else d.attempt end,
       ended_at = case when ${REOPENED} then null else d.ended_at end,
       delivering_at = case when ${REOPENED} then excluded.delivering_at else d.delivering_at end,
       normalized_topic = case when ${REOPENED} then excluded.normalized_topic else d.normalized_topic end,
       normalized_partition = case when ${REOPENED} then excluded.normalized_partition else d.normalized_partition end,
       normalized_offset = case when ${REOPENED} then excluded.normalized_offset else d.normalized_offset end
     returning d.state, (d.normalized_topic, d.normalized_partition, d.normalized_offset) is not distinct from ($3::text, $4::int, $5::bigint) as own,
       d.order_parsed_at as parsed_at, d.pass, d.attempt, d.received_at`,
    [
      asRows([
        {
          tenant,
          event_id: eventId,
          lane,
          pass,
          source,
          source_kind: sourceKind,
          topic,
          partition,
          offset,
          received_at: receivedAt,
          trace_id: traceId,
        },
      ]),
      now,
      topic,
      partition,
      Number(offset),
    ],
  );
  const met = row as NonNullable<typeof row>;
  return {
    state: met.state,
    own: met.own,
    parsedAt: met.parsed_at,
    pass: met.pass,
    attempt: met.attempt,
    receivedAt: met.received_at,
  };
}
