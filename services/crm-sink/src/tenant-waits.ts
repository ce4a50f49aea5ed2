import type { Outcome } from "@inlet/delivery";
import { ok } from "@inlet/delivery";
import { BUFFER_CODE, QUOTA_CODE } from "@inlet/ledger";
import { BUFFER_LOOK_MS, type EmailTry } from "./email-try.ts";
import { parkOrPause } from "./park-or-pause.ts";

/** How long a partition pauses before it looks again whether the mail that waits for the quota is through, ms. */
const QUOTA_LOOK_MS = 1_000;

/** While an operator holds the tenant's mail back it waits: nothing is claimed, nothing called, until `inlet buffer off`. */
export async function passBuffer(email: EmailTry): Promise<Outcome<null>> {
  const { buffered } = await email.crm.gate();
  return buffered ? parkOrPause(email, BUFFER_CODE, BUFFER_LOOK_MS, "the tenant is in buffer mode") : ok(null);
}

/** Mail that comes while older mail of the tenant waits for the quota waits behind it; what waits is released by the ledger, oldest first. */
export async function queueBehindQuota(email: EmailTry): Promise<Outcome<null>> {
  if (email.arrival.from === "waiting") return ok(null);
  const { behindQuota } = await email.crm.gate();
  return behindQuota ? parkOrPause(email, QUOTA_CODE, QUOTA_LOOK_MS, "the tenant's quota is used up") : ok(null);
}
