import { readRecordHeaders } from "@inlet/event-codec";
import type { NormalizedEvent } from "@inlet/schemas";
import type { Arrival, SinkDeps } from "../attempt.ts";

/** How often email of a tenant whose file is broken is looked at again, ms. */
const LOOK_MS = 30_000;

/**
 * Email of a tenant whose file was broken when this process started waits until the file is mended: without it nobody knows its CRM, and as a
 * dead letter it would need an operator for every one.
 */
export async function waitForTenantFile(deps: SinkDeps, arrival: Arrival, event: NormalizedEvent): Promise<void> {
  const { tenantId, eventId, lane, conversationId, parsedAt } = event;
  await deps.ledger.finish({
    tenant: tenantId,
    eventId,
    service: "crm-sink",
    stage: "deliver",
    parsedAt,
    pass: arrival.from === "waiting" ? arrival.pass : (readRecordHeaders(arrival.record.headers).pass ?? 0),
    attempt: arrival.from === "waiting" ? arrival.attempt : 0,
    effects: [],
    to: {
      state: "waiting",
      kind: "parked",
      code: "tenant_file_broken",
      delayMs: LOOK_MS,
      lane,
      conversationId,
      record: arrival.record,
    },
  });
  deps.log.info({ tenant: tenantId, event_id: eventId, code: "tenant_file_broken" }, "delivery waits");
}
