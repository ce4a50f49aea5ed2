import type { StepResult } from "@inlet/domain";
import { countAttempts, ok } from "@inlet/domain";
import { errorForLog, hideMessages } from "@inlet/telemetry";
import { LEASE_MARGIN_MS } from "../limits.ts";
import type { DeliveryAttempt } from "../attempt.ts";

/** The code under which mail waits for a slow CRM. */
const SLOW_CODE = "crm_slow";

/** How soon mail behind a slow CRM is looked at again; it is tried when its tenant gets a place, ms. */
const SLOW_LOOK_MS = 1_000;

/** Mail of a tenant whose slow CRM takes up all places that it may have waits in the ledger, so that its partition goes on. */
export async function queueBehindSlow(email: DeliveryAttempt): Promise<StepResult<null>> {
  const { incoming } = email;
  return incoming.from === "kafka" && incoming.behindSlow
    ? { kind: "park", code: SLOW_CODE, delayMs: SLOW_LOOK_MS }
    : ok(null);
}

/**
 * From here on the try calls the CRM. When it lasts, its record becomes a waiting row that is due only when the try is surely over, and
 * Kafka's may be committed: the try ends the row, whatever it comes to; if the process dies, the row is tried again.
 */
export function spillWhenSlow(email: DeliveryAttempt): void {
  const { incoming, deps, tenant } = email;
  // A replay holds up no partition of live mail.
  if (incoming.from !== "kafka" || incoming.replay !== undefined) return;
  let keeping: Promise<void> | null = null;
  const timer = setTimeout(() => {
    keeping = keep(email).then(incoming.onKept, (error: unknown) =>
      // As before: the partition waits for the try.
      deps.log.warn(
        { err: hideMessages(errorForLog(error)), tenant: tenant.id, event_id: email.event.eventId },
        "a slow email could not be kept in the ledger",
      ),
    );
  }, deps.slowMs);
  email.stopSpilling = async () => {
    clearTimeout(timer);
    await keeping;
  };
}

/** `retry`, since what is parked becomes due when a circuit closes. */
async function keep(email: DeliveryAttempt): Promise<void> {
  const { deps, event } = email;
  await deps.ledger.deliveries.finish({
    tenant: event.tenantId,
    eventId: event.eventId,
    service: "crm-sink",
    stage: "deliver",
    parsedAt: event.parsedAt,
    pass: email.pass,
    attempt: countAttempts(email.attempts),
    attempts: { ...email.attempts },
    effects: [],
    to: {
      state: "waiting",
      kind: "retry",
      code: SLOW_CODE,
      delayMs: email.deadline + LEASE_MARGIN_MS - deps.monotonic(),
      lane: event.lane,
      conversationId: email.conversationId,
      record: email.incoming.record,
    },
  });
}
