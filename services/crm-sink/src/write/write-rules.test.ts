import type { CallResult, DealChange } from "@inlet/crm";
import { fakeCrm } from "@inlet/crm/testing";
import type { RuleAction } from "@inlet/domain";
import { expect, test } from "vitest";
import type { Claims } from "./claim-effects.ts";
import { createEffectTracker } from "./effect-tracker.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { ruleEffects, writeRules } from "./write-rules.ts";

const ACTIONS: readonly RuleAction[] = [
  { kind: "createTask", ruleId: "quote", title: "Quote", dueAt: 86_400_000, priority: "high" },
  { kind: "setStage", ruleId: "quote", stage: "quoting", pipeline: null },
  { kind: "tag", ruleId: "quote", tag: { kind: "topic", value: "a;b" } },
  { kind: "notify", ruleId: "quote", notice: "chat" },
  { kind: "tag", ruleId: "vip", tag: { kind: "vip", value: "yes" } },
];
const LINKS = { contactId: "1", dealId: "2" };

interface Answers {
  readonly task?: () => Promise<CallResult<never>>;
  readonly deal?: () => Promise<CallResult<null>>;
  readonly warnings?: readonly string[];
}

/** A try whose adapter answers as given, with every claim in one state. */
function tryWith(answers: Answers, claimed: "won" | "confirmed" = "won") {
  const made: [string, ...unknown[]][] = [];
  const adapter = fakeCrm({
    task: {
      write:
        answers.task ??
        (async (input: { key: string }) => {
          made.push(["task", input.key]);
          return { ok: true, value: { recordId: "t1", created: true } };
        }),
    },
    deal: {
      update:
        answers.deal ??
        (async ({ recordId, ...change }: DealChange) => {
          made.push(["deal", recordId, change]);
          return { ok: true, value: { recordId, warnings: answers.warnings ?? [] } };
        }),
    },
  });
  const email = {
    deps: {
      now: () => 0,
      monotonic: () => 0,
      random: () => 0,
      failpoint: () => {},
      ledger: {
        circuits: {
          recordFailedCall: async () => ({ again: false, othersGotThrough: false, othersFailed: 0, failingMs: 0 }),
        },
      },
    },
    event: {
      tenantId: "demo",
      eventId: "evt_1",
      emailKey: "eml_1",
      subject: "Hello",
      from: { email: "a@example.com" },
    },
    facts: { contact: { email: "a@example.com" } },
    tenant: { crm: { timeoutMs: 1_000, quota: { perSecond: 10 } } },
    crm: {
      kind: "hubspot",
      key: "hubspot",
      adapter,
      gate: async () => ({ buffered: false }),
      quotas: { take: async () => ({ ok: true }) },
      circuit: {
        state: async () => ({ open: false }),
        watch: () => {},
        call: async (_: string, call: () => unknown) => ({ open: false, result: await call() }),
      },
      answers: async () => ({ ok: false, fault: { kind: "outage" } }),
      foundAway: async () => {},
    },
    effects: createEffectTracker(() => "hubspot", "sink/1"),
    attempts: {},
    renewed: true,
    deadline: 10_000,
    warnings: [],
    changes: [],
    summary: [],
  } as unknown as DeliveryAttempt;
  const state = claimed === "won" ? { state: "won", settle: false } : { state: "confirmed", recordId: "9" };
  return { email, made, claims: { of: () => state } as unknown as Claims };
}

const refused: CallResult<never> = {
  ok: false,
  fault: { kind: "record-permanent", code: "hubspot:400:VALIDATION_ERROR", message: "", unknown: false },
};

test("WR7: an effect for each task and each change of the deal, under email and rule", () => {
  expect(ruleEffects("eml_1", ACTIONS)).toEqual([
    { effect: "task", key: "eml_1/quote" },
    { effect: "stage", key: "eml_1/quote" },
    { effect: "stage", key: "eml_1/vip" },
  ]);
});

test("WR7: stage and tags of one rule are one change", async () => {
  const { email, made, claims } = tryWith({});
  expect(await writeRules(email, claims, ACTIONS, LINKS)).toMatchObject({ kind: "ok" });
  expect(made).toEqual([
    ["task", "eml_1/quote"],
    ["deal", "2", { place: { pipeline: null, stage: "quoting" }, addTags: ["topic:a,b"] }],
    ["deal", "2", { place: null, addTags: ["vip:yes"] }],
  ]);
  expect(email.effects.ends().map(({ effect, key, result }) => [effect, key, result.state])).toEqual([
    ["task", "eml_1/quote", "confirmed"],
    ["stage", "eml_1/quote", "confirmed"],
    ["stage", "eml_1/vip", "confirmed"],
  ]);
});

test("WR11: what an earlier try confirmed is not done again", async () => {
  const { email, made, claims } = tryWith({}, "confirmed");
  expect(await writeRules(email, claims, ACTIONS, LINKS)).toMatchObject({ kind: "ok" });
  expect(made).toEqual([]);
  expect(email.summary).toContainEqual({ effect: "task", key: "eml_1/quote", recordId: "9", created: false });
});

test("what the CRM refuses, a deal that is gone and an email without a deal are warnings", async () => {
  const failing = tryWith({ task: async () => refused, deal: async () => ({ ok: true, value: null }) });
  expect(await writeRules(failing.email, failing.claims, ACTIONS, LINKS)).toMatchObject({ kind: "ok" });
  expect(failing.email.warnings).toEqual([
    "rule_failed: rule quote, task (hubspot:400:VALIDATION_ERROR)",
    "rule_failed: rule quote, deal (the deal is gone)",
    "rule_failed: rule vip, deal (the deal is gone)",
  ]);
  const without = tryWith({});
  await writeRules(without.email, without.claims, ACTIONS, { contactId: "1", dealId: null });
  expect(without.made).toEqual([["task", "eml_1/quote"]]);
  expect(without.email.warnings).toHaveLength(2);
});

test("a tag that the CRM cannot give is a warning, and the deal is moved all the same", async () => {
  const { email, claims } = tryWith({ warnings: ["deal_not_tagged: vip:yes (no such label)"] });
  expect(await writeRules(email, claims, ACTIONS, LINKS)).toMatchObject({ kind: "ok" });
  expect(email.warnings).toContain("deal_not_tagged: vip:yes (no such label)");
  expect(email.effects.ends()).toMatchObject([{}, { result: { state: "confirmed" } }, {}]);
});

test("an outage of the CRM ends the try: the email waits with its rules", async () => {
  const fault = { kind: "outage", code: "hubspot:5xx", message: "", unknown: true } as const;
  const { email, claims } = tryWith({ task: async () => ({ ok: false, fault }) });
  expect(await writeRules(email, claims, ACTIONS, LINKS)).toMatchObject({ kind: "park", code: "hubspot:5xx" });
  expect(email.effects.ends()).toMatchObject([{ effect: "task", result: { state: "unknown" } }]);
});
