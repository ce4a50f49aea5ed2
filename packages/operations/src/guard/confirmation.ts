import { Problem } from "../problem.ts";
import type { Reach } from "./reach.ts";

/** Emails above which who asks types the tenant's name: enough that a slip is dear. */
export const CONFIRM_ABOVE = 1_000;
const ALL_TENANTS = "all tenants";

/** Throws `confirmation-needed`, with what it would touch, unless who asks has said whose emails these are. */
export function requireConfirmation(reach: Reach, confirm: string | null, frozen: unknown): void {
  if (reach.emails <= CONFIRM_ABOVE) return;
  const expected = reach.tenants?.length === 1 ? (reach.tenants[0] ?? ALL_TENANTS) : ALL_TENANTS;
  if (confirm === expected) return;
  const said = confirm === null ? "" : ` It was confirmed with ${JSON.stringify(confirm)}.`;
  throw new Problem(
    428,
    "confirmation-needed",
    `This touches ${reach.emails.toLocaleString("en-US")} emails of ${reach.tenants?.join(", ") ?? ALL_TENANTS}: confirm it with ${JSON.stringify(expected)}.${said}`,
    { confirm: expected, reach, input: frozen },
  );
}
