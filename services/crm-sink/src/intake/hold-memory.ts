import { EarlyExit } from "../early-exit.ts";
import { MIN_CALL_MS } from "../limits.ts";
import type { DeliveryAttempt } from "../attempt.ts";

/** Below it nothing is reserved: emails are not bounded by their sum, but by the places of the sink. */
const SMALL_BYTES = 64 * 1024;
/** How soon an email is tried again that found no memory free, ms. */
const RETRY_MS = 2_000;

/** Does what keeps so many bytes in memory once they are free in the sink's budget; where they are not in time, the email is tried again. */
export async function holdMemory<T>(
  email: Pick<DeliveryAttempt, "deps" | "tenant" | "deadline">,
  bytes: number,
  work: () => Promise<T>,
): Promise<T> {
  if (bytes < SMALL_BYTES) return work();
  const { deps, tenant, deadline } = email;
  const giveBack = await deps.memory.take(tenant.id, bytes, deadline - deps.monotonic() - MIN_CALL_MS);
  if (giveBack === null)
    throw new EarlyExit({ kind: "retry", code: "memory_in_use", attempt: null, delayMs: RETRY_MS });
  try {
    return await work();
  } finally {
    giveBack();
  }
}
