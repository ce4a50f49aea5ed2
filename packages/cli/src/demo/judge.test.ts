import { expect, test } from "vitest";
import { decideEnd, differences } from "./judge.ts";

const effect = (name: string, key: string, created: boolean | null = true) => ({
  effect: name,
  key,
  recordId: `${name}-1`,
  created,
});
const WRITTEN = {
  state: "written",
  reason: null,
  effects: [
    effect("contact", "ana@example.com"),
    effect("deal", "cnv_1"),
    effect("activity", "eml_1"),
    effect("file", "eml_1/a"),
    effect("file", "eml_1/b"),
    effect("task", "eml_1/pricing"),
  ],
  evidence: { deal: { matchedBy: "created" } },
};
const EXPECTED = {
  state: "written",
  reason: null,
  contact: "ana@example.com",
  deal: "new",
  files: 2,
  tasks: 1,
} as const;

test("a written email: contact, new deal, activity, files, task", () => {
  const became = decideEnd(WRITTEN);
  expect(became).toEqual({
    state: "written",
    reason: null,
    contact: "ana@example.com",
    deal: "new",
    dealId: "deal-1",
    activityId: "activity-1",
    files: 2,
    tasks: 1,
  });
  expect(differences(EXPECTED, became)).toEqual([]);
});

test.each([
  ["tag", "tag"],
  ["conversation", "joined"],
  ["created", "new"],
  ["none", "none"],
])("a deal matched by %s is %s", (matchedBy, deal) => {
  const effects = matchedBy === "none" ? [] : WRITTEN.effects;
  expect(decideEnd({ ...WRITTEN, effects, evidence: { deal: { matchedBy } } }).deal).toBe(deal);
});

test("every difference is said", () => {
  const became = decideEnd({ ...WRITTEN, state: "suppressed", reason: "bounce", effects: [], evidence: {} });
  expect(differences(EXPECTED, became)).toEqual([
    "outcome: expected written, got suppressed",
    "reason: expected none, got bounce",
    "contact: expected ana@example.com, got none",
    "deal: expected new, got none",
    "files: expected 2, got 0",
    "tasks: expected 1, got 0",
  ]);
});

test("a written email without an activity is a difference", () => {
  const became = decideEnd({ ...WRITTEN, effects: WRITTEN.effects.filter(({ effect: name }) => name !== "activity") });
  expect(differences(EXPECTED, became)).toEqual(["activity: expected one, got none"]);
});
