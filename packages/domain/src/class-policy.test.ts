import { expect, test } from "vitest";
import { getTreatment, type ClassPolicy } from "./class-policy.ts";

const classes: Record<string, ClassPolicy> = { bounce: "suppress", newsletter: "log", no_reply: "write", spam: "log" };

test.each([
  ["a person's mail", "human", null, { policy: "write", reason: null }],
  ["a class that the tenant suppresses", "bounce", null, { policy: "suppress", reason: "bounce" }],
  ["a class that is logged", "newsletter", "ham", { policy: "log", reason: null }],
  ["a class that no one named", "receipt", null, { policy: "write", reason: null }],
  ["spam of a person", "human", "spam", { policy: "log", reason: null }],
  ["a bounce that is spam: the stricter counts", "bounce", "spam", { policy: "suppress", reason: "bounce" }],
  ["a loop, whatever the tenant says", "loop", null, { policy: "suppress", reason: "loop" }],
])("%s", (_what, kind, spamVerdict, treatment) => {
  expect(getTreatment({ classification: { kind }, spamVerdict }, classes)).toEqual(treatment);
});

test("suppressed spam says so", () => {
  const mail = { classification: { kind: "human" }, spamVerdict: "spam" };
  expect(getTreatment(mail, { spam: "suppress" })).toEqual({ policy: "suppress", reason: "spam" });
});
