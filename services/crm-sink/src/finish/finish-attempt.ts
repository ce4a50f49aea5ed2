import { H } from "@inlet/schemas";
import { finishDelivery, type Disposition, type FinishedDelivery } from "@inlet/service";
import type { DeliveryAttempt } from "../attempt.ts";

/** A try that ends otherwise costs calls, too, of the email that it does not end. */
const ENDS: ReadonlySet<Disposition["kind"]> = new Set(["written", "suppress", "deadLetter"]);

/** Ends a try of an email: what it wrote, learned and has to tell goes where every delivery's end goes. */
export async function finishAttempt(email: DeliveryAttempt, disposition: Disposition): Promise<void> {
  await finishDelivery(email.deps, toFinished(email), disposition);
  if (email.begun && ENDS.has(disposition.kind)) email.crm.cost.emails += 1;
}

function toFinished(email: DeliveryAttempt): FinishedDelivery {
  const { deps, event, incoming, tenant, warnings, evidence, summary, notifications } = email;
  return {
    service: "crm-sink",
    stage: "deliver",
    tenant: event.tenantId,
    eventId: event.eventId,
    lane: event.lane,
    record: incoming.record,
    parsedAt: event.parsedAt,
    pass: email.pass,
    attempts: email.attempts,
    since: incoming.from === "waiting" ? incoming.since : null,
    receivedAt: event.receivedAt,
    maxAgeMs: tenant.maxAgeMs,
    emailKey: event.emailKey,
    conversationId: email.conversationId,
    contentHash: event.contentHash,
    mappingVersion: tenant.mappingVersion,
    crm: email.crm.kind,
    warnings,
    evidence,
    effects: email.effects.ends(),
    summary,
    notifications,
    // A contact's key is an address: outcomes carry a digest.
    told: summary.map(({ effect, key, recordId }) => ({ effect, key: effect === "contact" ? H(key) : key, recordId })),
    line: { tryMs: Math.round(deps.monotonic() - email.startedAt) },
  };
}
