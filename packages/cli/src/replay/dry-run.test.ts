import { expect, it } from "vitest";
import { describePreview, describeSummary, type PreviewedEmail } from "./dry-run.ts";

const EMAIL: PreviewedEmail = {
  tenant: "acme",
  eventId: "evt_1",
  result: "changed",
  reason: null,
  detail: null,
  changes: [],
  calls: 2,
};

it("shows fields as they are and as they would be, what is kept, and what happens once", () => {
  const changes = [
    { record: "deal", field: "place", from: "default/old", to: "default/new", result: "write" },
    { record: "activity", field: "text", from: `by\nhand ${"x".repeat(90)}`, to: "Hello", result: "keep" },
    { record: "task", field: null, from: null, to: "eml_1/quote", result: "not_fired" },
    { record: "contact", field: null, from: null, to: "ada@example.com", result: "new" },
  ] as const;
  expect(describePreview({ ...EMAIL, changes }).split("\n")).toEqual([
    "evt_1  acme  would write",
    '    deal.place: "default/old" → "default/new"',
    `    activity.text: "by hand ${"x".repeat(52)}…" → "Hello", kept: the CRM has it from a person`,
    "    task: would not fire, since it happens once an email (eml_1/quote)",
    "    contact: new",
  ]);
});

it("says why an email would end otherwise", () => {
  const ended = { ...EMAIL, result: "dead_lettered", reason: "no_sender", detail: "the From header names no address" };
  expect(describePreview(ended)).toBe("evt_1  acme  would dead-letter (no_sender: the From header names no address)");
});

it("sums up calls and minutes at each tenant's pace", () => {
  const text = describeSummary({
    emails: 1_250,
    results: { unchanged: 1_200, changed: 50 },
    calls: 100,
    reads: 50,
    tenants: { acme: { emails: 50, calls: 100, minutes: 4.2 }, globex: { emails: 1_200, calls: 0, minutes: 0 } },
  });
  expect(text.split("\n")).toEqual([
    "1,250 emails: unchanged 1,200, changed 50",
    "100 calls to the CRM; 50 were made to look, nothing was written",
    "  acme: 100 calls, 4.2 minutes at a fifth of its quota",
  ]);
});
