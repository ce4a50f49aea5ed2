import { DEAD_LETTER_REASONS, SUPPRESS_REASONS } from "@inlet/schemas";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { judge, judgeGone, NEXT_STEPS, WAIT_STEPS, type NextStep } from "./next-step.ts";

const DOCS = new URL("../../../../docs/", import.meta.url);

/** The reasons of the reference's table of dead letters. */
function listDocumented(): string[] {
  const page = readFileSync(new URL("reference/reasons.md", DOCS), "utf8");
  const [, section = ""] = page.split("\n## Dead-lettered\n");
  return [...(section.split("\n## ")[0] ?? "").matchAll(/^\| `(\w+)`/gm)].map(([, reason = ""]) => reason);
}

test("every reason for a dead letter, as the reference lists them, has its next step, and no other", () => {
  const reasons = Object.keys(DEAD_LETTER_REASONS).toSorted();
  expect(listDocumented().toSorted()).toEqual(reasons);
  expect(Object.keys(NEXT_STEPS).toSorted()).toEqual(reasons);
});

test.each(Object.entries({ ...NEXT_STEPS, ...WAIT_STEPS }))(
  "%s: a button stands where the text names what it does, else the text says what helps; its runbook is there",
  (reason, { next, button, runbook }: NextStep) => {
    expect(next).toMatch(/^[A-Z].{20,}\.$/);
    // The command line can send by its id what no button can help.
    const said = next?.replace(/inlet dlq replay/g, "") ?? "";
    const named = Object.hasOwn(NEXT_STEPS, reason)
      ? /\breplay\b/i.test(said)
      : /\b(now by a retry|a retry makes)\b/.test(said);
    expect(button !== null).toBe(named);
    if (runbook !== null) expect(existsSync(new URL(`runbooks/${runbook}.md`, DOCS)), runbook).toBe(true);
  },
);

test("what is in the dlq no longer has no button, and says why", () => {
  const gone = judgeGone(judge("dead_lettered", "crm_rejected", null));
  expect(gone.button).toBeNull();
  expect(gone.next).toContain("in the dlq no longer");
});

test.each([
  ["written", null, "in the CRM", null],
  ["waiting", null, "the quota", "no retry brings forward"],
  ["parsed", null, "on its way", "goes on by itself"],
  ["dead_lettered", "crm_rejected", DEAD_LETTER_REASONS.crm_rejected, "then replay it"],
  ["dead_lettered", "a_reason_of_a_later_release", "a_reason_of_a_later_release", "docs/reference/reasons.md"],
  ["dead_lettered", "toString", "toString", "docs/reference/reasons.md"],
  ["suppressed", "newsletter", SUPPRESS_REASONS.newsletter, "change the tenant's policy"],
  ["suppressed", "duplicate_email", "already written", "from the delivery that came first"],
  ["suppressed", "gone_in_crm", "deleted in the CRM", "restore it in the CRM"],
] as const)("%s %s", (state, reason, what, next) => {
  const verdict = judge(state, reason, { why: "the quota of its CRM is used up", reason: "quota" });
  expect(verdict.what).toContain(what);
  if (next === null) expect(verdict.next).toBeNull();
  else expect(verdict.next).toContain(next);
});
