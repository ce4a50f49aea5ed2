import { asRows, type Database } from "../database.ts";

/** A delivery as the parser meets it on `raw-events`. */
export interface IncomingDelivery {
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
  readonly source: string;
  readonly sourceKind: string;
  readonly sourceDeliveryId: string | null;
  readonly sourceEventId: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** From the record's header; 0 unless it comes from the dlq. */
  readonly pass: number;
  readonly receivedAt: number;
  readonly traceId: string | null;
}

export interface AcceptedDelivery {
  readonly state: string;
  /** Starts without an end, this one counted. */
  readonly starts: number;
  /** The pass that the normalized record belongs to. */
  readonly pass: number;
  /** Epoch ms: what is parsed now is parsed later than that, whatever this machine's clock says; 0 when it was not parsed in this pass. */
  readonly parsedAfter: number;
  /** What it said is erased: nothing of it is to be read again. */
  readonly erased: boolean;
}

/** Whether the row is dead-lettered and this record opens its next pass: a later pass, or a later record of the same event. */
const OPENS = `(d.state = 'dead_lettered' and (excluded.pass > d.pass or d.raw_offset is null
         or (excluded.raw_topic, excluded.raw_partition) is distinct from (d.raw_topic, d.raw_partition) or excluded.raw_offset > d.raw_offset))`;

/**
 * Inserts or finds the rows of a Kafka batch in one statement, counting a start on each. A dead-lettered row opens its next pass for a
 * replay from the dlq or a new post of its sender, and its old dead letter is superseded; for the record that ended so, which is read again
 * whenever its partition pauses, it stays as it is, as does every other state. Answers in the order of `arrivals`.
 */
export async function accept(
  database: Database,
  deliveries: readonly IncomingDelivery[],
  now: number,
): Promise<AcceptedDelivery[]> {
  // One event may stand twice in a batch (a provider's retry): counted once, answered twice.
  const unique = [
    ...new Map(deliveries.map((incoming) => [`${incoming.tenant}/${incoming.eventId}`, incoming])).values(),
  ];
  const rows = await database.query<{
    tenant: string;
    event_id: string;
    state: string;
    starts: number;
    pass: number;
    after: number;
    erased: boolean;
  }>(
    `insert into deliveries as d (tenant, event_id, lane, state, starts, pass, source, source_kind, source_delivery_id, source_event_id,
       raw_topic, raw_partition, raw_offset, received_at, accepted_at, trace_id)
     select r.tenant, r.event_id, r.lane, 'accepted', 1, r.pass, r.source, r.source_kind, r.source_delivery_id, r.source_event_id,
       r.topic, r.partition, r."offset", r.received_at, $2, r.trace_id
       from jsonb_to_recordset($1::jsonb) as r(tenant text, event_id text, lane text, source text, source_kind text, source_delivery_id text,
         source_event_id text, topic text, partition int, "offset" bigint, pass int, received_at bigint, trace_id text)
      order by r.tenant, r.event_id
     on conflict (tenant, event_id) do update set
       starts = case when d.state <> 'dead_lettered' then d.starts + 1 when ${OPENS} then 1 else d.starts end,
       state = case when ${OPENS} then 'accepted' else d.state end,
       pass = case when ${OPENS} then greatest(excluded.pass, d.pass + 1) else d.pass end,
       attempt = case when ${OPENS} then 0 else d.attempt end,
       -- What is parsed in the new pass counts, however far ahead the clock of the last parser was.
       order_pass = case when ${OPENS} then greatest(excluded.pass, d.pass + 1) else d.order_pass end,
       order_parsed_at = case when ${OPENS} then 0 else d.order_parsed_at end,
       ended_at = case when ${OPENS} then null else d.ended_at end,
       raw_topic = case when d.state = 'accepted' or ${OPENS} then excluded.raw_topic else d.raw_topic end,
       raw_partition = case when d.state = 'accepted' or ${OPENS} then excluded.raw_partition else d.raw_partition end,
       raw_offset = case when d.state = 'accepted' or ${OPENS} then excluded.raw_offset else d.raw_offset end
     returning d.tenant, d.event_id, d.state, d.starts, d.pass, d.erased_at is not null as erased,
       case when d.state = 'accepted' then d.order_parsed_at else greatest(d.order_parsed_at, coalesce(d.parsed_at, 0)) end as after`,
    [
      asRows(
        unique.map((a) => ({
          tenant: a.tenant,
          event_id: a.eventId,
          lane: a.lane,
          source: a.source,
          source_kind: a.sourceKind,
          source_delivery_id: a.sourceDeliveryId,
          source_event_id: a.sourceEventId,
          topic: a.topic,
          partition: a.partition,
          offset: a.offset,
          pass: a.pass,
          received_at: a.receivedAt,
          trace_id: a.traceId,
        })),
      ),
      now,
    ],
  );
  const found = new Map(
    rows.map(({ tenant, event_id, after, ...row }) => [`${tenant}/${event_id}`, { ...row, parsedAfter: after }]),
  );
  return deliveries.map((a) => found.get(`${a.tenant}/${a.eventId}`) as AcceptedDelivery);
}
