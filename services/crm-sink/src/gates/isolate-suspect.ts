import { deadLetter, ok, type StepResult } from "@inlet/domain";
import { KAFKA_BUDGET_MS, WAITING_BUDGET_MS } from "../limits.ts";
import type { DeliveryAttempt } from "../attempt.ts";

/** Starts without an end after which an email is tried with nothing else under way: anyone who ends the process takes all others with it. */
const SUSPECT_STARTS = 3;
/** Starts alone without an end after which it is dead-lettered: two, since one may have ended by another cause at that moment. */
const ALONE_STARTS = 2;

/** An email that was begun several times and never ended may be what ends the process: it goes on alone, and in the end not at all. */
export async function isolateSuspect(email: DeliveryAttempt): Promise<StepResult<null>> {
  const { deps, event, incoming } = email;
  const ids = { tenant: event.tenantId, event_id: event.eventId };
  if (email.starts > SUSPECT_STARTS) {
    deps.log.warn({ ...ids, starts: email.starts }, "email was begun several times without an end: it goes on alone");
    await email.passage.isolate();
    const isolated = await deps.ledger.deliveries.startIsolatedDelivery(event.tenantId, event.eventId);
    if (isolated > ALONE_STARTS)
      return deadLetter("crashed_process", "deliver", "delivering it, alone, ended the process");
    // It waited for the others, not for its CRM.
    email.deadline = deps.monotonic() + (incoming.from === "kafka" ? KAFKA_BUDGET_MS : WAITING_BUDGET_MS);
  }
  deps.failpoint(`deliver:${event.eventId}`);
  return ok(null);
}
