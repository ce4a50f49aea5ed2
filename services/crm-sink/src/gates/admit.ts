import type { StepResult } from "@inlet/domain";
import { ok } from "@inlet/domain";
import { readRecordHeaders } from "@inlet/event-codec";
import { getTraceId } from "@inlet/telemetry";
import type { DeliveryAttempt } from "../attempt.ts";

/** Asks the ledger whether this record is to be delivered; only the newest record of an event is, and nothing that was written already. */
export async function admit(email: DeliveryAttempt): Promise<StepResult<null>> {
  const { incoming, deps, event } = email;
  if (incoming.from === "waiting") {
    email.pass = incoming.pass;
    email.attempts = incoming.attempts;
    email.starts = incoming.starts;
    email.event.emailKey = incoming.emailKey ?? event.emailKey;
    return ok(null);
  }
  const { record } = incoming;
  const pass = readRecordHeaders(record.headers).pass ?? 0;
  const admission = await deps.ledger.deliveries.admit({
    tenant: event.tenantId,
    eventId: event.eventId,
    lane: event.lane,
    source: event.source.name,
    sourceKind: event.source.kind,
    sourceDeliveryId: event.source.deliveryId,
    sourceEventId: event.source.eventId,
    emailKey: event.emailKey,
    contentHash: event.contentHash,
    mappingVersion: email.tenant.mappingVersion,
    conversationId: event.conversationId,
    messageId: event.messageId,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    parsedAt: event.parsedAt,
    pass,
    receivedAt: event.receivedAt,
    traceId: getTraceId() ?? null,
    now: deps.now(),
  });
  switch (admission.verdict) {
    case "deliver":
      email.pass = admission.pass;
      // Which of them were whose is known only of what waits.
      email.attempts = admission.attempt > 0 ? { crm: admission.attempt } : {};
      email.starts = admission.starts;
      email.event.emailKey = admission.emailKey;
      return ok(null);
    case "waiting":
      if (!admission.newer) return { kind: "skip", why: "already_waiting" };
      await deps.ledger.waiting.replace(
        { tenant: event.tenantId, eventId: event.eventId, parsedAt: event.parsedAt, pass },
        record,
      );
      return { kind: "skip", why: "replaced_waiting" };
    case "already_ended":
    case "stale":
      return { kind: "skip", why: admission.verdict };
  }
}
