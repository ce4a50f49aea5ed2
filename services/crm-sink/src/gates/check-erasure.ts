import { getWriters, ok, type StepResult } from "@inlet/domain";
import type { DeliveryAttempt } from "../attempt.ts";

/** Mail of a person who was erased after it was accepted is written nowhere, no matter who sends it through again (docs/guides/erasure.md). */
export async function checkErasure({ deps, event }: DeliveryAttempt): Promise<StepResult<null>> {
  const erased = await deps.ledger.erasures.wasErased({
    tenant: event.tenantId,
    writers: getWriters(event),
    receivedAt: event.receivedAt,
  });
  return erased ? { kind: "suppress", reason: "erased" } : ok(null);
}
