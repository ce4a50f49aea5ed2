import { DEAD_LETTER_REASONS, SUPPRESS_REASONS } from "@inlet/schemas";
import { expect, test } from "vitest";
import { judge, NEXT_STEPS } from "./next-step.ts";

test("every reason for a dead letter has its next step, and no other", () => {
  expect(Object.keys(NEXT_STEPS).toSorted()).toEqual(Object.keys(DEAD_LETTER_REASONS).toSorted());
});

test.each([
  ["written", null, "in the CRM", null],
  ["waiting", null, "the quota", "goes on by itself"],
  ["parsed", null, "on its way", "goes on by itself"],
  ["dead_lettered", "crm_rejected", DEAD_LETTER_REASONS.crm_rejected, "then replay it"],
  ["dead_lettered", "a_reason_of_a_later_release", "a_reason_of_a_later_release", "docs/reference/reasons.md"],
  ["dead_lettered", "toString", "toString", "docs/reference/reasons.md"],
  ["suppressed", "newsletter", SUPPRESS_REASONS.newsletter, "change the tenant's policy"],
  ["suppressed", "duplicate_email", "already written", "from the delivery that came first"],
  ["suppressed", "gone_in_crm", "deleted in the CRM", "restore it in the CRM"],
] as const)("%s %s", (state, reason, what, next) => {
  const verdict = judge(state, reason, "the quota of its CRM is used up");
  expect(verdict.what).toContain(what);
  if (next === null) expect(verdict.next).toBeNull();
  else expect(verdict.next).toContain(next);
});
