import type { CallFault } from "@inlet/crm";
import { expect, test } from "vitest";
import type { CallAttempt } from "./call-attempt.ts";
import { toCallDisposition } from "./call-disposition.ts";

const outage: CallFault = { kind: "outage", code: "http:503", message: "away", unknown: false };

interface Given {
  readonly open?: boolean;
  /** What the CRM says to a ping. */
  readonly answers?: boolean;
  /** It failed there before, and others got through since. */
  readonly others?: boolean;
}

async function meet(fault: CallFault, { open = false, answers = true, others = false }: Given = {}) {
  const told: string[] = [];
  const attempt = {
    deps: {
      random: () => 0.5,
      ledger: {
        circuits: {
          recordFailedCall: async () => {
            told.push("failed call");
            return { again: others, othersGotThrough: others, othersFailed: 0, failingMs: 0 };
          },
        },
      },
    },
    tenant: { id: "acme", crm: { required: [] } },
    event: { eventId: "evt_1" },
    attempts: {},
    crm: {
      kind: "http",
      circuit: { state: async () => ({ open }), watch: () => void told.push("watched") },
      answers: async () => {
        told.push("ping");
        return answers ? { ok: true } : { ok: false, fresh: true, fault: outage };
      },
      foundAway: async (_fault: CallFault, eventId: string | null) => void told.push(`away ${eventId ?? "ping"}`),
    },
  } as unknown as CallAttempt;
  return { told, disposition: await toCallDisposition(attempt, "activity", fault, 0) };
}

/** Whom a fault is charged to: the CRM, or the email that met it. */
test.each<[what: string, fault: CallFault, given: Given, told: string[], kind: string]>([
  [
    "a CRM that answers a ping, and others got through since it failed: it is tried again at its own cost",
    outage,
    { others: true },
    ["ping", "watched", "failed call"],
    "retry",
  ],
  [
    "a CRM that answers a ping: the first time it waits, at no cost",
    outage,
    {},
    ["ping", "watched", "failed call"],
    "park",
  ],
  ["a CRM that answers no ping is away", outage, { answers: false }, ["ping", "away ping", "away evt_1"], "park"],
  ["with the circuit open there is nothing to ask", outage, { open: true }, ["away evt_1"], "park"],
  ["an account that is over its limit is away", { ...outage, ofAccount: true }, {}, ["away evt_1"], "park"],
  [
    "what the CRM cannot take now is a call that fails",
    { kind: "record-passing", code: "http:409", message: "busy", unknown: false },
    {},
    ["watched", "failed call"],
    "retry",
  ],
  [
    "what it refuses for good is the email's own",
    { kind: "record-permanent", code: "http:400", message: "no", unknown: false },
    {},
    [],
    "deadLetter",
  ],
])("%s", async (_what, fault, given, told, kind) => {
  const met = await meet(fault, given);
  expect(met.told).toEqual(told);
  expect(met.disposition.kind).toBe(kind);
});
