import type { ClaimResult } from "@inlet/ledger";

/** The activity as the ledger knows it to be written. */
export type ConfirmedActivity = Extract<ClaimResult, { state: "confirmed" }>;

/** Why a tie is not made: not a fault of the call. */
export const KEPT = "the CRM keeps it as it is";

/** The warning of ties that were not made. */
export function notTied(fields: readonly string[], why: string): string {
  return `activity_not_tied: ${fields.join(", ")} (${why})`;
}
