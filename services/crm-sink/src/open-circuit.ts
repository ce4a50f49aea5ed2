import type { Outcome } from "@inlet/delivery";
import { ok } from "@inlet/delivery";
import { PausePartition, type EmailTry } from "./email-try.ts";

/**
 * With the tenant's circuit open its mail parks in the ledger, so that the others in the lane go on. In a lane of its own, or when the
 * parking place is full, the partition pauses instead and Kafka keeps the backlog. When a probe is due, one email goes through.
 */
export async function passCircuit(email: EmailTry): Promise<Outcome<null>> {
  const { open, probeInMs } = await email.crm.circuit.state();
  if (!open) return ok(null);
  if (await email.deps.ledger.takeProbe(email.tenant.id, email.crm.kind)) {
    email.probe = true;
    return ok(null);
  }
  const delayMs = Math.max(probeInMs, 250);
  if (email.arrival.from === "kafka" && (email.tenant.isolation === "dedicated" || email.deps.parkingFull())) {
    throw new PausePartition(
      delayMs,
      email.tenant.isolation === "dedicated" ? "the lane's circuit is open" : "PARKED_MAX_BYTES is used up",
    );
  }
  return { kind: "park", code: "circuit_open", delayMs };
}
