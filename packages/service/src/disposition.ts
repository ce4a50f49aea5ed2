import { deadLetter, getRetryDelay, type EarlyDisposition, type UsedAttempts } from "@inlet/domain";

/** How the steps of a delivery ended: `written`, or one of the early endings. */
export type Disposition = { readonly kind: "written" } | EarlyDisposition;

/**
 * How a delivery ends of which a step threw. That the store has lost a part of it will not pass: the store answered, or the fault would be one
 * of the infrastructure. Anything else is a fault of our own code, and tried again; attempts that other faults have used up do not count.
 */
export function toThrownDisposition(
  error: unknown,
  step: "parse" | "deliver",
  { attempts, random }: { readonly attempts: UsedAttempts; readonly random: number },
): EarlyDisposition {
  const { name } = error as Error;
  if (name === "BlobMissingError")
    return deadLetter("blob_missing", step, "a part of the email is no longer in the blob store");
  const delayMs = getRetryDelay("unexpected", attempts, random);
  return delayMs === null
    ? deadLetter("internal_error", step, `unexpected ${name}`)
    : { kind: "retry", code: "unexpected_error", attempt: "unexpected", delayMs };
}
