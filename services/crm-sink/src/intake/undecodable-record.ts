import { outcomeRecord, readRecordHeaders, unknownOwner, type RecordOwner } from "@inlet/event-codec";
import { contextOf, deadLetterOf } from "@inlet/kafka";
import type { MetUnreadable } from "@inlet/ledger";
import { laneOfTopic, type DeadLetterReason } from "@inlet/schemas";
import { metrics, traceIdOf } from "@inlet/telemetry";
import type { Arrival, SinkDeps } from "../attempt.ts";

/** The states in which a row waits for its record, or has been ended by one. */
const OPEN: ReadonlySet<string> = new Set(["accepted", "parsed", "delivering"]);

/**
 * Ends a record that cannot be delivered because it cannot be read or belongs to nobody. It ends its owner's row; where another record has ended
 * that, or it waits with bytes of its own, this one ends as a row of nobody, found by where it lies.
 */
export async function endUnreadable(
  deps: SinkDeps,
  arrival: Arrival,
  owner: RecordOwner,
  why: { readonly reason: DeadLetterReason; readonly detail: string },
): Promise<void> {
  const met = await meet(deps, arrival, owner);
  // A waiting row that was taken is this record's own.
  if (OPEN.has(met.state) || arrival.from === "waiting") return end(deps, arrival, owner, met, why);
  return met.own ? skip(deps, owner) : endUnreadable(deps, arrival, unknownOwner(arrival.record), why);
}

async function meet(deps: SinkDeps, { record }: Arrival, owner: RecordOwner): Promise<MetUnreadable> {
  return deps.ledger.meetUnreadable(
    {
      ...owner,
      lane: laneOfTopic(record.topic),
      source: "unknown",
      sourceKind: "unknown",
      sourceDeliveryId: null,
      sourceEventId: null,
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      pass: readRecordHeaders(record.headers).pass ?? 0,
      receivedAt: record.timestamp,
      traceId: traceIdOf(contextOf(record.headers)) ?? null,
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
  arrival: Arrival,
  { tenant, eventId }: RecordOwner,
  met: MetUnreadable,
  why: { readonly reason: DeadLetterReason; readonly detail: string },
): Promise<void> {
  const { record } = arrival;
  const pass = arrival.from === "waiting" ? arrival.pass : met.pass;
  const now = deps.now();
  const deadLetter = await deps.producer.send(
    deadLetterOf(record, {
      tenant,
      eventId,
      service: "crm-sink",
      step: "read",
      reason: why.reason,
      message: why.detail,
      attempts: 1,
      firstFailure: now,
      traceId: traceIdOf() ?? null,
    }),
  );
  await deps.ledger.finish({
    tenant,
    eventId,
    service: "crm-sink",
    stage: "deliver",
    parsedAt: met.parsedAt,
    pass,
    attempt: 0,
    effects: [],
    to: {
      state: "dead_lettered",
      reason: why.reason,
      detail: why.detail,
      duplicateOf: null,
      warnings: [],
      evidence: {},
      summary: [],
      contentHash: null,
      mappingVersion: null,
      deadLetter,
      endedAt: now,
      outbox: await outcomeRecord(deps.codec, {
        eventId,
        tenantId: tenant,
        lane: laneOfTopic(record.topic),
        emailKey: null,
        state: "dead_lettered",
        reason: why.reason,
        warnings: [],
        duplicateOf: null,
        crm: null,
        effects: [],
        pass,
        attempts: 1,
        receivedAt: record.timestamp,
        endedAt: now,
      }),
    },
  });
  metrics.outcomes.inc({ tenant, state: "dead_lettered", reason: why.reason });
  metrics.deadLetters.inc({ service: "crm-sink", step: "read", reason: why.reason });
  deps.log.warn({ tenant, event_id: eventId, reason: why.reason, detail: why.detail }, "record dead-lettered");
}
