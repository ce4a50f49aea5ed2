import { expect, it } from "vitest";
import { CommandFailed, UsageError } from "../context.ts";
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

/** A ledger in which so many emails wait, and what was done to them. */
function buildLedger(emails: number) {
  const acts: object[] = [];
  const [out, err]: [string[], string[]] = [[], []];
  const waiting = {
    count: async () => (emails === 0 ? [] : [{ tenant: "acme", code: "quota", emails }]),
    act: async (filter: object, action: object) => {
      acts.push({ ...filter, ...action });
      return emails;
    },
  };
  const context = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  return { ledger: { waiting }, context: context as never, acts, out, err };
}

it("says first how many emails are meant, then acts, with the reason", async () => {
  const { ledger, context, acts, out, err } = buildLedger(3);
  await actOn(context, ledger, { tenant: "acme" }, "dead-letter", { why: "spam run" });
  expect(err).toEqual(["3 emails that wait are meant"]);
  expect(acts).toEqual([expect.objectContaining({ tenant: "acme", act: "dead-letter", why: "spam run" })]);
  expect(out).toEqual(["3 emails end as dead letters within seconds"]);
});

it("a dry run counts and does nothing, and nothing is done to what does not wait", async () => {
  const dry = buildLedger(3);
  await actOn(dry.context, dry.ledger, {}, "retry", { dryRun: true, json: true });
  expect(JSON.parse(dry.out[0] ?? "")).toEqual({
    emails: 3,
    counts: [{ tenant: "acme", code: "quota", emails: 3 }],
  });
  const none = buildLedger(0);
  await actOn(none.context, none.ledger, { tenant: "acme" }, "retry", {});
  await expect(actOn(none.context, none.ledger, { eventIds: ["evt_1"] }, "retry", {})).rejects.toThrow(CommandFailed);
  expect([...dry.acts, ...none.acts]).toEqual([]);
});
