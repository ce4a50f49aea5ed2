import { expect, it } from "vitest";
import { UsageError } from "../context.ts";
import type { Operator } from "../operate/operator.ts";
import { actOn, parseWaitingFilter } from "./waiting.ts";

const NOW = Date.UTC(2026, 10, 30, 12);

it.each([
  [[], {}, {}],
  [["evt_1", "evt_1"], { tenant: "acme" }, { eventIds: ["evt_1"], tenant: "acme" }],
  [[], { reason: "hubspot", since: "30m" }, { reason: "hubspot", since: NOW - 1_800_000 }],
] as const)("inlet waiting %j %j means %j", (eventIds, options, filter) => {
  expect(parseWaitingFilter(eventIds, options, NOW)).toEqual(filter);
});

it("a time that is none is wrong use", () => {
  expect(() => parseWaitingFilter([], { since: "yesterday" }, NOW)).toThrow(UsageError);
});

/** An operator for whom so many emails wait, and what was asked. */
function buildOperator(emails: number) {
  const [out, err, acts]: [string[], string[], object[]] = [[], [], []];
  const counts = emails === 0 ? [] : [{ tenant: "acme", code: "quota", emails }];
  const operator = {
    call: async ({ name }: { name: string }, body: object) => {
      acts.push({ name, ...body });
      return { emails, counts };
    },
    measure: async () => ({ emails, parts: counts }),
  } as unknown as Operator;
  const context = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    isTerminal: false,
  };
  return { operator, context, acts, out, err };
}

it("acts with the reason, and says how many emails were meant", async () => {
  const { operator, context, acts, out, err } = buildOperator(3);
  await actOn(context, operator, { tenant: "acme", why: "spam run" }, "dead-letter", {});
  expect(err).toEqual(["3 emails that wait are meant"]);
  expect(acts).toEqual([{ name: "waiting.dead-letter", tenant: "acme", why: "spam run" }]);
  expect(out).toEqual(["3 emails end as dead letters within seconds"]);
});

it("a dry run counts and does nothing", async () => {
  const dry = buildOperator(3);
  await actOn(dry.context, dry.operator, { all: true }, "retry", { dryRun: true, json: true });
  expect(JSON.parse(dry.out[0] ?? "")).toEqual({
    emails: 3,
    counts: [{ tenant: "acme", code: "quota", emails: 3 }],
  });
  expect(dry.acts).toEqual([]);
});
