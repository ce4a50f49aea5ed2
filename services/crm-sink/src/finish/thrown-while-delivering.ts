import { deadLetter, type Ending } from "@inlet/domain";

/** Waits after an error of our own code, by the attempts that it has used up, ms. */
const DELAYS_MS = [5_000, 60_000, 600_000];

/**
 * How an email ends of which a step threw. That the store has lost a part of it will not pass: the store answered, or the fault would be one
 * of the infrastructure. Anything else is a fault of our own code, and tried again.
 */
export function endingOf(error: unknown, attempt: number): Ending {
  const { name } = error as Error;
  if (name === "BlobMissingError")
    return deadLetter("blob_missing", "deliver", "a part of the email is no longer in the blob store");
  const delayMs = DELAYS_MS[attempt];
  return delayMs === undefined
    ? deadLetter("internal_error", "deliver", `unexpected ${name}`)
    : { kind: "retry", code: "unexpected_error", attempt: true, delayMs };
}
