import { deadLetter } from "@inlet/domain";
import { readRecordHeaders, unknownOwner, type RecordOwner } from "@inlet/event-codec";
import { getContext } from "@inlet/kafka";
import type { UndecodableRecord } from "@inlet/ledger";
import { getTopicLane, type DeadLetterReason } from "@inlet/schemas";
import { UNTOUCHED, finishDelivery } from "@inlet/service";
import { metrics, getTraceId } from "@inlet/telemetry";
import type { IncomingDelivery, SinkDeps } from "../attempt.ts";

/** The states in which a row waits for its record, or has been ended by one. */
const OPEN: ReadonlySet<string> = new Set(["accepted", "parsed", "delivering"]);

/**
 * Ends a record that cannot be delivered because it cannot be read or belongs to no one. It ends its owner's row; where another record has ended
 * that, or it waits with bytes of its own, this one ends as a row of no one, found by where it lies.
 */
export async function deadLetterUndecodable(
  deps: SinkDeps,
  incoming: IncomingDelivery,
  owner: RecordOwner,
  why: { readonly reason: DeadLetterReason; readonly detail: string },
): Promise<void> {
  const met = await meet(deps, incoming, owner);
  // A waiting row that was taken is this record's own.
  if (OPEN.has(met.state) || incoming.from === "waiting") return end(deps, incoming, owner, met, why);
  return met.own ? skip(deps, owner) : deadLetterUndecodable(deps, incoming, unknownOwner(incoming.record), why);
}

async function meet(deps: SinkDeps, { record }: IncomingDelivery, owner: RecordOwner): Promise<UndecodableRecord> {
  return deps.ledger.deliveries.acceptUndecodable(
    {
      ...owner,
      lane: getTopicLane(record.topic),
      source: "unknown",
      sourceKind: "unknown",
      sourceDeliveryId: null,
      sourceEventId: null,
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      pass: readRecordHeaders(record.headers).pass ?? 0,
      receivedAt: record.timestamp,
      traceId: getTraceId(getContext(record.headers)) ?? null,
    },
    deps.now(),
  );
}

async function skip(deps: SinkDeps, { tenant, eventId }: RecordOwner): Promise<void> {
  metrics.droppedRecords.inc({ service: "crm-sink", why: "already_ended" });
  deps.log.debug({ tenant, event_id: eventId, why: "already_ended" }, "unreadable record skipped");
}

async function end(
  deps: SinkDeps,
  incoming: IncomingDelivery,
  { tenant, eventId }: RecordOwner,
  met: UndecodableRecord,
  { reason, detail }: { readonly reason: DeadLetterReason; readonly detail: string },
): Promise<void> {
  const { record } = incoming;
  const waited = incoming.from === "waiting";
  await finishDelivery(
    deps,
    {
      ...UNTOUCHED,
      service: "crm-sink",
      stage: "deliver",
      tenant,
      eventId,
      lane: getTopicLane(record.topic),
      record,
      parsedAt: met.parsedAt,
      pass: waited ? incoming.pass : met.pass,
      attempts: waited ? incoming.attempts : met.attempt > 0 ? { crm: met.attempt } : {},
      since: waited ? incoming.since : null,
      receivedAt: met.receivedAt,
      maxAgeMs: Infinity,
    },
    deadLetter(reason, "read", detail),
  );
}
