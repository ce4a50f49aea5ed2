import { asRows, type Database } from "../database.ts";
import { spanMs } from "../milliseconds.ts";
import type { Notification } from "../outbox/notifications.ts";
import { headersJson, KEEP_FROM_AGE_MS } from "../waiting/parking.ts";
import type { StoredRecord } from "../waiting/stored-record.ts";
import { tryCounts } from "./record-order.ts";

/** What became of one effect in this try. */
export interface EffectEnd {
  readonly crm: string;
  readonly effect: string;
  readonly key: string;
  readonly owner: string;
  readonly result:
    | {
        readonly state: "confirmed";
        readonly recordId: string | null;
        readonly created: boolean | null;
        readonly desired: Record<string, string>;
      }
    /** The call may have been carried out. The claim's own settle_after, fixed before the call, says when it may be looked at. */
    | { readonly state: "unknown" }
    /** Surely not carried out; `settle` as the claim said. */
    | { readonly state: "released"; readonly settle: boolean }
    /** Confirmed before, and now found deleted in the CRM. */
    | { readonly state: "gone" };
}

export interface OutboxRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: readonly (readonly [string, Buffer])[];
}

/** How one try of one email ended. Everything in it is written in one transaction. */
export interface AttemptResult {
  readonly tenant: string;
  readonly eventId: string;
  readonly service: string;
  readonly stage: "parse" | "deliver";
  readonly parsedAt: number;
  readonly pass: number;
  /** Attempts used up, all families together. */
  readonly attempt: number;
  /** By family of fault: what waits has them back when it is taken. */
  readonly attempts?: Readonly<Record<string, number>>;
  readonly effects: readonly EffectEnd[];
  readonly to:
    | {
        readonly state: "written" | "suppressed" | "dead_lettered";
        readonly reason: string | null;
        readonly detail: string | null;
        readonly duplicateOf: string | null;
        readonly warnings: readonly string[];
        /** Sent once the email is written; only then. */
        readonly notifications?: readonly Notification[];
        readonly evidence: object;
        /** `[{effect, key, recordId, created}]`, as operators see them. */
        readonly summary: readonly object[];
        readonly contentHash: string | null;
        readonly mappingVersion: string | null;
        readonly deadLetter: { readonly topic: string; readonly partition: number; readonly offset: bigint } | null;
        readonly endedAt: number;
        readonly outbox: OutboxRecord;
      }
    | {
        readonly state: "waiting";
        readonly kind: "retry" | "parked" | "held";
        readonly code: string;
        readonly delayMs: number;
        readonly lane: string;
        readonly conversationId: string | null;
        readonly record: StoredRecord;
      };
}

/**
 * Ends the tries of a micro-batch in one transaction: effects, final states or waiting rows, journey, outbox. A state that a newer
 * record of the event has reached is not overwritten, and a waiting row never takes the place of a final state of the same order.
 * Of waiting records, of every kind and stage, a tenant may have as many bytes in the ledger as the lane has left of `parkedMaxBytes`, so one
 * alone at most half; beyond it its rows are references. A record that Kafka deletes before long is kept whatever the share.
 */
export async function finish(
  database: Database,
  ends: readonly AttemptResult[],
  { parkedMaxBytes, release }: { readonly parkedMaxBytes: number; readonly release: string | null },
): Promise<void> {
  const effects = ends.flatMap((end) =>
    end.effects.map(({ result, ...effect }) => ({
      ...effect,
      tenant: end.tenant,
      state: result.state,
      record_id: result.state === "confirmed" ? result.recordId : null,
      created: result.state === "confirmed" ? result.created : null,
      desired: result.state === "confirmed" ? result.desired : {},
      settle: result.state === "released" && result.settle,
    })),
  );
  const finals = ends.flatMap(({ to, ...end }) => {
    if (to.state === "waiting") return [];
    const { outbox, deadLetter, ...rest } = to;
    return [
      {
        ...base(end),
        state: rest.state,
        reason: rest.reason,
        detail: rest.detail,
        duplicate_of: rest.duplicateOf,
        warnings: rest.warnings,
        evidence: rest.evidence,
        effects: rest.summary,
        content_hash: rest.contentHash,
        mapping_version: rest.mappingVersion,
        dlq_topic: deadLetter?.topic ?? null,
        dlq_partition: deadLetter?.partition ?? null,
        dlq_offset: deadLetter?.offset ?? null,
        ended_at: rest.endedAt,
        notices: rest.notifications ?? [],
        outbox_topic: outbox.topic,
        outbox_key: outbox.key,
        outbox_value: outbox.value.toString("base64"),
        outbox_headers: headersJson(outbox.headers),
      },
    ];
  });
  const waits = ends.flatMap(({ to, ...end }) => {
    if (to.state !== "waiting") return [];
    return [
      {
        ...base(end),
        kind: to.kind,
        code: to.code,
        delay_ms: spanMs(to.delayMs),
        lane: to.lane,
        conversation_id: to.conversationId,
        topic: to.record.topic,
        partition: to.record.partition,
        offset: to.record.offset,
        record_timestamp: to.record.timestamp,
        key: to.record.key?.toString("base64") ?? null,
        value: to.record.value?.toString("base64") ?? null,
        bytes: to.record.value?.length ?? 0,
        headers: headersJson(to.record.headers),
      },
    ];
  });

  await database.transaction(async (query) => {
    if (effects.length > 0) await query(END_EFFECTS, [asRows(effects)]);
    if (finals.length > 0) await query(END_FINALS, [asRows(finals), release]);
    if (waits.length > 0)
      await query(END_WAITS, [asRows(waits.map((row, n) => ({ ...row, n }))), parkedMaxBytes, KEEP_FROM_AGE_MS]);
  });
}

function base(end: Omit<AttemptResult, "to" | "effects"> & { effects?: unknown }): object {
  return {
    tenant: end.tenant,
    event_id: end.eventId,
    service: end.service,
    stage: end.stage,
    parsed_at: end.parsedAt,
    pass: end.pass,
    attempt: end.attempt,
    attempts: end.attempts ?? {},
  };
}

const END_EFFECTS = `
  with r as (select * from jsonb_to_recordset($1::jsonb) as r(tenant text, crm text, effect text, key text, owner text, state text,
        record_id text, created boolean, desired jsonb, settle boolean)),
   locked as (select e.tenant, e.crm, e.effect, e.key from effects e join r using (tenant, crm, effect, key)
               order by e.tenant, e.crm, e.effect, e.key for update of e),
   ended as (
     update effects e set state = case r.state when 'released' then 'unknown' else r.state end,
        record_id = case when r.state = 'confirmed' then r.record_id else e.record_id end,
        created = case when r.state = 'confirmed' then coalesce(e.created, r.created) else e.created end,
        desired = case when r.state = 'confirmed' then e.desired || r.desired else e.desired end,
        owner = null, lease_until = null,
        settle_after = case when r.state = 'released' then clock_timestamp() else e.settle_after end,
        updated_at = now()
       from r join locked using (tenant, crm, effect, key)
      where e.tenant = r.tenant and e.crm = r.crm and e.effect = r.effect and e.key = r.key
        and ((e.state = 'claimed' and e.owner = r.owner and not (r.state = 'released' and not r.settle))
             or (e.state = 'confirmed' and r.state in ('confirmed', 'gone'))))
  delete from effects e using r
   where e.tenant = r.tenant and e.crm = r.crm and e.effect = r.effect and e.key = r.key and e.owner = r.owner
     and e.state = 'claimed' and r.state = 'released' and not r.settle`;

/** What this delivery wrote before and a replay did not come to again: a rule or a file that the mapping no longer wants is in the CRM all the same. */
const EARLIER_EFFECTS = `coalesce((select jsonb_agg(o) from jsonb_array_elements(d.effects) o
          where not exists (select 1 from jsonb_array_elements(r.effects) n where n->>'effect' = o->>'effect'
                               and (n->>'key' = o->>'key' or n->>'recordId' = o->>'recordId'))), '[]')`;

const END_FINALS = `
  with r as (select * from jsonb_to_recordset($1::jsonb) as r(tenant text, event_id text, service text, stage text, parsed_at bigint, pass int,
        attempt int, state text, reason text, detail text, duplicate_of text, warnings jsonb, evidence jsonb, effects jsonb, content_hash text,
        mapping_version text, dlq_topic text, dlq_partition int, dlq_offset bigint, ended_at bigint, notices jsonb, outbox_topic text, outbox_key text,
        outbox_value text, outbox_headers jsonb)),
   ended as (
     update deliveries d set state = r.state, stage = r.stage, reason = r.reason, detail = r.detail, duplicate_of = r.duplicate_of,
        warnings = r.warnings, evidence = r.evidence, effects = r.effects || ${EARLIER_EFFECTS}, pass = r.pass, attempt = r.attempt, starts = 0, alone_starts = 0,
        deliver_starts = 0, deliver_alone_starts = 0,
        content_hash = coalesce(r.content_hash, d.content_hash), mapping_version = coalesce(r.mapping_version, d.mapping_version),
        dlq_topic = coalesce(r.dlq_topic, d.dlq_topic), dlq_partition = coalesce(r.dlq_partition, d.dlq_partition),
        dlq_offset = coalesce(r.dlq_offset, d.dlq_offset), ended_at = r.ended_at, ended_release = $2
       from r
      where d.tenant = r.tenant and d.event_id = r.event_id
        -- two instances at once on one event: a write is never hidden by what the other one came to
        and (d.state not in ('written', 'suppressed', 'dead_lettered') or (r.state = 'written' and d.state <> 'suppressed'))
        and case r.stage when 'parse' then d.state = 'accepted' or (d.state = 'waiting' and d.stage = 'parse')
                         else ${tryCounts("d", "r")} end
     returning d.tenant, d.event_id),
   unwaited as (delete from waiting w using r join ended using (tenant, event_id)
      where w.tenant = r.tenant and w.event_id = r.event_id),
   -- They belong to what was written in the CRM: where a newer record of the event has taken over, this try's end is refused, its effects are not,
   -- and the newer one finds them written and tells no one.
   noticed as (insert into notices (tenant, key, event_id, notice, body)
      select distinct on (r.tenant, n.key) r.tenant, n.key, r.event_id, n.notice, n.body
        from r, jsonb_to_recordset(r.notices) as n(key text, notice text, body text) where r.state = 'written'
       order by r.tenant, n.key
      on conflict do nothing),
   told as (insert into journey (tenant, event_id, service, what, detail)
      select r.tenant, r.event_id, r.service, r.state, jsonb_strip_nulls(jsonb_build_object('reason', r.reason, 'detail', r.detail,
             'duplicateOf', r.duplicate_of, 'pass', r.pass, 'attempts', r.attempt))
        from r join ended using (tenant, event_id))
  insert into outbox (topic, key, value, headers)
    select r.outbox_topic, r.outbox_key, decode(r.outbox_value, 'base64'), r.outbox_headers from r join ended using (tenant, event_id)`;

/** What stands in the row stays: the record may be gone from Kafka by now. */
const SAME_RECORD = `(w.value is not null and w.topic = excluded.topic and w.partition = excluded.partition and w."offset" = excluded."offset")`;

const END_WAITS = `
  with r as (select * from jsonb_to_recordset($1::jsonb) as r(n int, tenant text, event_id text, service text, stage text, parsed_at bigint, pass int,
        attempt int, attempts jsonb, kind text, code text, delay_ms bigint, lane text, conversation_id text, topic text, partition int, "offset" bigint,
        record_timestamp bigint, key text, value text, bytes int, headers jsonb)),
   moved as (
     update deliveries d set state = 'waiting', stage = r.stage, detail = r.code, pass = r.pass, attempt = r.attempt, deliver_starts = 0,
            deliver_alone_starts = 0
       from r
      where d.tenant = r.tenant and d.event_id = r.event_id and d.state not in ('written', 'suppressed', 'dead_lettered')
        and case r.stage when 'parse' then d.state = 'accepted' or (d.state = 'waiting' and d.stage = 'parse')
                         else ${tryCounts("d", "r")} end
     returning d.tenant, d.event_id),
   told as (insert into journey (tenant, event_id, service, what, detail)
      select r.tenant, r.event_id, r.service, r.kind, jsonb_build_object('code', r.code, 'dueInMs', r.delay_ms, 'attempts', r.attempt)
        from r join moved using (tenant, event_id)
       -- Told once, however often it comes to the same: an email may ask again twice a second for a week.
       where not exists (select 1 from waiting b where b.tenant = r.tenant and b.event_id = r.event_id and b.stage = r.stage and b.kind = r.kind
                            and b.code = r.code and b.pass = r.pass and b.attempt = r.attempt)),
   parked as (select lane, tenant, sum(bytes) as bytes from parked_bytes where lane in (select lane from r) group by lane, tenant),
   lanes as (select lane, sum(bytes) as bytes from parked group by lane),
   kept as (
     select r.n, r.value is not null and (
              coalesce(p.bytes, 0) + sum(r.bytes) over (partition by r.lane, r.tenant order by r.n)
                <= $2::bigint - coalesce(l.bytes, 0) - sum(r.bytes) over (partition by r.lane order by r.n)
              or r.record_timestamp < extract(epoch from clock_timestamp()) * 1000 - $3::bigint) as here
       from r left join parked p using (lane, tenant) left join lanes l using (lane))
  insert into waiting as w (tenant, event_id, lane, stage, kind, code, conversation_id, due_at, pass, attempt, attempts, order_parsed_at, topic, partition,
      "offset", record_timestamp, key, value, bytes, headers)
    select r.tenant, r.event_id, r.lane, r.stage, r.kind, r.code, r.conversation_id, clock_timestamp() + r.delay_ms * interval '1 ms', r.pass,
           r.attempt, r.attempts, r.parsed_at, r.topic, r.partition, r."offset", r.record_timestamp, case when k.here then decode(r.key, 'base64') end,
           case when k.here then decode(r.value, 'base64') end, case when k.here then r.bytes else 0 end,
           case when k.here then r.headers else '[]' end
      from r join moved using (tenant, event_id) join kept k using (n)
     order by r.tenant, r.event_id
  on conflict (tenant, event_id) do update set kind = excluded.kind, code = excluded.code, due_at = excluded.due_at, stage = excluded.stage,
      pass = excluded.pass, attempt = excluded.attempt, attempts = excluded.attempts, order_parsed_at = excluded.order_parsed_at, topic = excluded.topic,
      partition = excluded.partition, "offset" = excluded."offset", record_timestamp = excluded.record_timestamp,
      key = case when ${SAME_RECORD} then w.key else excluded.key end, value = case when ${SAME_RECORD} then w.value else excluded.value end,
      bytes = case when ${SAME_RECORD} then w.bytes else excluded.bytes end,
      headers = case when ${SAME_RECORD} then w.headers else excluded.headers end,
      conversation_id = coalesce(excluded.conversation_id, w.conversation_id), behind = false, starts = 0, owner = null, lease_until = null
    where (w.pass, w.order_parsed_at) <= (excluded.pass, excluded.order_parsed_at)`;
