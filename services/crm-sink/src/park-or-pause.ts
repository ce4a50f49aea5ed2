import type { Ending } from "@inlet/delivery";
import { PausePartition, type EmailTry } from "./email-try.ts";

/**
 * Mail that may not go on for now parks in the ledger, so that the others in the lane go on. In a lane of its own, or when the parking
 * place is full, the partition pauses instead ({@link PausePartition} is thrown) and Kafka keeps the backlog.
 */
export function parkOrPause(
  email: Pick<EmailTry, "arrival" | "tenant" | "deps">,
  code: string,
  delayMs: number,
  why: string,
): Ending {
  const dedicated = email.tenant.isolation === "dedicated";
  if (email.arrival.from === "kafka" && (dedicated || email.deps.parkingFull()))
    throw new PausePartition(Math.max(delayMs, 250), dedicated ? why : "PARKED_MAX_BYTES is used up");
  return { kind: "park", code, delayMs };
}
