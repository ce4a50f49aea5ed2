import { outcomeRecord } from "@inlet/event-codec";
import { deadLetterOf, headerText } from "@inlet/kafka";
import { HEADER, type DeadLetterReason } from "@inlet/schemas";
import { metrics, traceIdOf } from "@inlet/telemetry";
import type { Arrival, SinkDeps } from "./email-try.ts";

/** Ends a record that cannot be delivered because it cannot be read or belongs to nobody: the headers say whose row it is. */
export async function endUnreadable(
  deps: SinkDeps,
  arrival: Arrival,
  why: { readonly reason: DeadLetterReason; readonly detail: string },
): Promise<void> {
  const { record } = arrival;
  const header = (name: string): string => headerText(record.headers, name) ?? "";
  const tenant = header(HEADER.tenant);
  const eventId = header(HEADER.eventId);
  const lane = header(HEADER.lane);
  const pass = arrival.from === "waiting" ? arrival.pass : Number(headerText(record.headers, HEADER.pass) ?? 0);
  // Read again, as it is whenever its partition pauses: one dead letter is enough.
  const ended = await deps.ledger.delivery(tenant, eventId);
  if (ended?.state === "dead_lettered" && ended.pass >= pass) {
    metrics.droppedRecords.inc({ service: "crm-sink", why: "already_ended" });
    return;
  }
  const now = deps.now();
  const deadLetter = await deps.producer.send(
    deadLetterOf(record, {
      lane,
      tenant,
      service: "crm-sink",
      step: "read",
      reason: why.reason,
      message: why.detail,
      attempts: 1,
      firstFailure: now,
      traceId: traceIdOf() ?? null,
    }),
  );
  const parsedAt = Number(headerText(record.headers, HEADER.parsedAt) ?? now);
  await deps.ledger.finish({
    tenant,
    eventId,
    service: "crm-sink",
    stage: "deliver",
    parsedAt,
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
        lane,
        emailKey: null,
        state: "dead_lettered",
        reason: why.reason,
        warnings: [],
        duplicateOf: null,
        crm: null,
        effects: [],
        pass,
        attempts: 1,
        receivedAt: now,
        endedAt: now,
      }),
    },
  });
  metrics.outcomes.inc({ tenant, state: "dead_lettered", reason: why.reason });
  deps.log.warn({ tenant, event_id: eventId, reason: why.reason, detail: why.detail }, "record dead-lettered");
}
