import type { Outcome } from "@inlet/delivery";
import { ok } from "@inlet/delivery";
import type { EmailTry } from "./email-try.ts";
import { parkOrPause } from "./park-or-pause.ts";

/** With the tenant's circuit open its mail parks, until a ping closes it (probe-circuits.ts). */
export async function passCircuit(email: EmailTry): Promise<Outcome<null>> {
  const { open, probeInMs } = await email.crm.circuit.state();
  return open ? parkOrPause(email, "circuit_open", Math.max(probeInMs, 250), "the lane's circuit is open") : ok(null);
}
