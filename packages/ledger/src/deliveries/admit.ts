import { asRows, type Database } from "../database.ts";
import { compareOrder, buildOrder } from "./record-order.ts";

/** A normalized record as the sink meets it on Kafka. */
export interface Candidate {
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
  readonly source: string;
  readonly sourceKind: string;
  readonly sourceDeliveryId: string | null;
  readonly sourceEventId: string | null;
  readonly emailKey: string;
  readonly contentHash: string;
  readonly mappingVersion: string;
  readonly conversationId: string;
  readonly messageId: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly parsedAt: number;
  readonly pass: number;
  readonly receivedAt: number;
  readonly traceId: string | null;
  readonly now: number;
}

/** What the ledger says to do with it (docs/concepts/protocol.md, section 3, order among records). */
export type Admission =
  /** Deliver it, as this pass and after so many attempts; `starts` of it had no end so far, this one counted. */
  | {
      readonly verdict: "deliver";
      readonly pass: number;
      readonly attempt: number;
      readonly starts: number;
      /** The name that the row has, which an older record of the event may not know. */
      readonly emailKey: string;
    }
  | { readonly verdict: "already_ended" }
  | { readonly verdict: "stale" }
  /** The event waits: with newer bytes now if these are newer. */
  | { readonly verdict: "waiting"; readonly newer: boolean };

interface Row {
  tenant: string;
  event_id: string;
  was: string | null;
  was_stage: string | null;
  was_hash: string | null;
  was_mapping: string | null;
  was_parsed_at: number | null;
  was_order_pass: number | null;
  admitted: boolean | null;
  pass: number | null;
  attempt: number | null;
  starts: number | null;
  email_key: string | null;
}

/** Admits the candidates of a micro-batch in one statement; answers in their order. */
export async function admit(database: Database, candidates: readonly Candidate[]): Promise<Admission[]> {
  // The same event twice in one batch: only the newest is asked about, the older is stale, an equal twin gets the same answer.
  const newest = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = `${candidate.tenant}/${candidate.eventId}`;
    const other = newest.get(key);
    if (other === undefined || compareOrder(other, candidate) <= 0) newest.set(key, candidate);
  }
  const rows = await database.query<Row>(
    `with r as (select * from jsonb_to_recordset($1::jsonb) as r(tenant text, event_id text, lane text, source text, source_kind text,
          source_delivery_id text, source_event_id text, email_key text, content_hash text, mapping_version text, conversation_id text,
          message_id text, topic text, partition int, "offset" bigint, parsed_at bigint, pass int, received_at bigint, trace_id text, now bigint)),
      before as (select d.* from deliveries d join r using (tenant, event_id) order by d.tenant, d.event_id for update of d),
      admitted as (
        insert into deliveries as d (tenant, event_id, lane, state, pass, order_pass, order_parsed_at, source, source_kind, source_delivery_id, source_event_id,
            email_key, conversation_id, message_id, normalized_topic, normalized_partition, normalized_offset, received_at, accepted_at, parsed_at,
            delivering_at, taken_at, trace_id, deliver_starts)
        select r.tenant, r.event_id, r.lane, 'delivering', r.pass, r.pass, r.parsed_at, r.source, r.source_kind, r.source_delivery_id, r.source_event_id,
            r.email_key, r.conversation_id, r.message_id, r.topic, r.partition, r."offset", r.received_at, r.parsed_at, r.parsed_at, r.now, clock_timestamp(), r.trace_id, 1
          from r left join before b using (tenant, event_id)
         where b.tenant is null
            -- A record that opened a pass after a dead letter still carries the old one: it is compared with what the row was taken by.
            or (b.state in ('accepted', 'parsed', 'delivering') and (r.pass, r.parsed_at) >= ${buildOrder("b")})
            -- it waited in parsing, and this record shows that it was parsed, whatever the parser has come to write down of it
            or (b.state = 'waiting' and b.stage = 'parse' and r.pass >= b.pass)
            -- only the record of a later pass opens a dead letter again; the one that ended so is read again whenever its partition pauses
            or (b.state = 'dead_lettered' and r.pass > b.pass)
            -- a replay with other content, or under another mapping: the same steps run again and update in place
            -- (but for what is erased, of which nothing is written any more)
            or (b.state in ('written', 'suppressed') and b.erased_at is null and (r.pass, r.parsed_at) >= ${buildOrder("b")}
                and (b.content_hash is distinct from r.content_hash or b.mapping_version is distinct from r.mapping_version))
         order by r.tenant, r.event_id
        on conflict (tenant, event_id) do update set
          state = 'delivering',
          pass = case when d.state = 'dead_lettered' then greatest(excluded.pass, d.pass + 1) else greatest(excluded.pass, d.pass) end,
          attempt = case when d.state in ('dead_lettered', 'waiting') then 0 else d.attempt end,
          deliver_starts = d.deliver_starts + 1, order_pass = excluded.order_pass, order_parsed_at = excluded.order_parsed_at,
          email_key = coalesce(d.email_key, excluded.email_key), conversation_id = excluded.conversation_id, message_id = excluded.message_id,
          normalized_topic = excluded.normalized_topic, normalized_partition = excluded.normalized_partition, normalized_offset = excluded.normalized_offset,
          delivering_at = excluded.delivering_at, taken_at = excluded.taken_at, ended_at = null
        returning d.tenant, d.event_id, d.pass, d.attempt, d.deliver_starts, d.email_key),
      unwaited as (delete from waiting w using admitted a where w.tenant = a.tenant and w.event_id = a.event_id and w.stage = 'parse')
     select r.tenant, r.event_id, b.state as was, b.stage as was_stage, b.content_hash as was_hash, b.mapping_version as was_mapping, b.order_parsed_at as was_parsed_at,
            b.order_pass as was_order_pass, a.tenant is not null as admitted, a.pass, a.attempt,
            a.deliver_starts as starts, a.email_key
       from r left join before b using (tenant, event_id) left join admitted a using (tenant, event_id)`,
    [asRows([...newest.values()].map(asRow))],
  );
  const found = new Map(rows.map((row) => [`${row.tenant}/${row.event_id}`, row]));
  return candidates.map((candidate) => {
    const key = `${candidate.tenant}/${candidate.eventId}`;
    const asked = newest.get(key) as Candidate;
    if (asked !== candidate && compareOrder(asked, candidate) !== 0) return { verdict: "stale" };
    if (asked !== candidate) return { verdict: "already_ended" };
    return toAdmission(found.get(key) as Row, candidate);
  });
}

function toAdmission(row: Row, candidate: Candidate): Admission {
  if (row.admitted === true)
    return {
      verdict: "deliver",
      pass: row.pass ?? 0,
      attempt: row.attempt ?? 0,
      starts: row.starts ?? 1,
      emailKey: row.email_key ?? candidate.emailKey,
    };
  const newer = compareOrder(candidate, { pass: row.was_order_pass ?? 0, parsedAt: row.was_parsed_at ?? 0 }) > 0;
  switch (row.was) {
    case "waiting":
      // What waits in parsing is a raw record of a later pass: nothing of this one may take its place.
      return row.was_stage === "parse" ? { verdict: "stale" } : { verdict: "waiting", newer };
    case "dead_lettered":
      return { verdict: "already_ended" };
    case "written":
    case "suppressed":
      return row.was_hash === candidate.contentHash && row.was_mapping === candidate.mappingVersion
        ? { verdict: "already_ended" }
        : { verdict: "stale" };
    default:
      return { verdict: "stale" };
  }
}

function asRow(candidate: Candidate): object {
  return {
    tenant: candidate.tenant,
    event_id: candidate.eventId,
    lane: candidate.lane,
    source: candidate.source,
    source_kind: candidate.sourceKind,
    source_delivery_id: candidate.sourceDeliveryId,
    source_event_id: candidate.sourceEventId,
    email_key: candidate.emailKey,
    content_hash: candidate.contentHash,
    mapping_version: candidate.mappingVersion,
    conversation_id: candidate.conversationId,
    message_id: candidate.messageId,
    topic: candidate.topic,
    partition: candidate.partition,
    offset: candidate.offset,
    parsed_at: candidate.parsedAt,
    pass: candidate.pass,
    received_at: candidate.receivedAt,
    trace_id: candidate.traceId,
    now: candidate.now,
  };
}
