import type { Outcome } from "@inlet/delivery";
import { ok } from "@inlet/delivery";
import type { EmailTry } from "./email-try.ts";
import { parkOrPause } from "./park-or-pause.ts";

/** With the tenant's circuit open its mail parks. When a probe is due, one email goes through. */
export async function passCircuit(email: EmailTry): Promise<Outcome<null>> {
  const { open, probeInMs } = await email.crm.circuit.state();
  if (!open) return ok(null);
  if (await email.deps.ledger.takeProbe(email.tenant.id, email.crm.kind)) {
    email.probe = true;
    return ok(null);
  }
  return parkOrPause(email, "circuit_open", Math.max(probeInMs, 250), "the lane's circuit is open");
}
