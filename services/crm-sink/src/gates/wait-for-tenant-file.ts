import { readRecordHeaders } from "@inlet/event-codec";
import type { NormalizedEvent } from "@inlet/schemas";
import { UNTOUCHED, finishDelivery } from "@inlet/service";
import type { IncomingDelivery, SinkDeps } from "../attempt.ts";

/** How often email of a tenant whose file is broken is looked at again, ms. */
const LOOK_MS = 30_000;

/**
 * Email of a tenant whose file was broken when this process started waits until the file is repaired: without it no one knows its CRM, and as a
 * dead letter it would need an operator for every one.
 */
export async function waitForTenantFile(
  deps: SinkDeps,
  incoming: IncomingDelivery,
  event: NormalizedEvent,
): Promise<void> {
  const { tenantId: tenant, eventId, lane, conversationId, parsedAt, receivedAt, emailKey } = event;
  const waited = incoming.from === "waiting";
  await finishDelivery(
    deps,
    {
      ...UNTOUCHED,
      service: "crm-sink",
      stage: "deliver",
      tenant,
      eventId,
      lane,
      record: incoming.record,
      parsedAt,
      pass: waited ? incoming.pass : (readRecordHeaders(incoming.record.headers).pass ?? 0),
      attempts: waited ? incoming.attempts : {},
      since: waited ? incoming.since : null,
      receivedAt,
      // How long it may wait stands in the file.
      maxAgeMs: Infinity,
      emailKey,
      conversationId,
    },
    { kind: "park", code: "tenant_file_broken", delayMs: LOOK_MS },
  );
}
