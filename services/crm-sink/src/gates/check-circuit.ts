import type { StepResult } from "@inlet/domain";
import { ok } from "@inlet/domain";
import type { DeliveryAttempt } from "../attempt.ts";

/** With the tenant's circuit open its mail parks, until a ping closes it (probe-circuits.ts). */
export async function checkCircuit(email: DeliveryAttempt): Promise<StepResult<null>> {
  const { open, probeInMs } = await email.crm.circuit.state();
  return open ? { kind: "park", code: "circuit_open", delayMs: Math.max(probeInMs, 250) } : ok(null);
}
