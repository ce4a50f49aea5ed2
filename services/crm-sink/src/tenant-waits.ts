import type { Outcome } from "@inlet/delivery";
import { ok } from "@inlet/delivery";
import { BUFFER_CODE } from "@inlet/ledger";
import { BUFFER_LOOK_MS, type EmailTry } from "./email-try.ts";
import { parkOrPause } from "./park-or-pause.ts";

/** While an operator holds the tenant's mail back it waits: nothing is claimed, nothing called, until `inlet buffer off`. */
export async function passBuffer(email: EmailTry): Promise<Outcome<null>> {
  const { buffered } = await email.crm.gate();
  return buffered ? parkOrPause(email, BUFFER_CODE, BUFFER_LOOK_MS, "the tenant is in buffer mode") : ok(null);
}
