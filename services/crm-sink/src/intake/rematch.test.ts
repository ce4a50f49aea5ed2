import type { ActivityChange, CallResult, Written } from "@inlet/crm";
import { fakeCrm } from "@inlet/crm/testing";
import type { Rematch } from "@inlet/ledger";
import { describe, expect, test } from "vitest";
import type { SinkDeps } from "../attempt.ts";
import { matchOne } from "./rematch.ts";

const rematch: Rematch = {
  tenant: "acme",
  emailKey: "eml_1",
  eventId: "evt_1",
  conversationId: "cnv_1",
  attempt: 0,
  sent: { messageId: "m1@acme.example", dealId: "11" },
  delivery: "written",
  activities: [
    { crm: "other", state: "confirmed", recordId: "99" },
    { crm: "hubspot", state: "confirmed", recordId: "7" },
  ],
};

interface Crm {
  readonly deal?: CallResult<{ recordId: string } | null>;
  readonly update?: CallResult<Written | null>;
  readonly open?: boolean;
  readonly buffered?: boolean;
  readonly spent?: boolean;
  /** The tenant's file is broken since the start, so that nothing of it is in force. */
  readonly broken?: boolean;
}

/** A sink whose CRM answers as told; `calls` says what it was asked. */
function sink(
  { deal, update, open = false, buffered = false, spent = false, broken = false }: Crm = {},
  tenants = ["acme"],
) {
  const calls: string[] = [];
  const found: CallResult<{ recordId: string } | null> = { ok: true, value: { recordId: "11" } };
  const written: CallResult<Written | null> = { ok: true, value: { recordId: "7", created: false } };
  const crm = {
    kind: "hubspot",
    key: "hubspot",
    account: () => ({ state: "ours", crm: "hubspot" }),
    gate: async () => ({ buffered, behindQuota: false }),
    quotas: { take: async () => (spent ? { ok: false, retryInMs: 700 } : { ok: true }) },
    circuit: {
      state: async () => ({ open: false, probeInMs: 0 }),
      watch: () => {},
      call: async (_operation: string, call: () => Promise<unknown>) =>
        open ? { open: true, probeInMs: 5000 } : { open: false, result: await call() },
    },
    answers: async () => ({ ok: false, fault: { kind: "outage", code: "hubspot:5xx", message: "", unknown: false } }),
    foundAway: async () => {},
    adapter: fakeCrm({
      deal: { read: async (id: string) => (calls.push(`get ${id}`), deal ?? found) },
      activity: {
        update: async ({ recordId, changed }: ActivityChange) => (
          calls.push(`update ${recordId} ${JSON.stringify(changed)}`),
          update ?? written
        ),
      },
    }),
  };
  const deps = {
    instance: "sink/1",
    now: () => 1_000,
    monotonic: () => 1_000,
    random: () => 0.5,
    ledger: {
      circuits: {
        recordFailedCall: async () => ({ again: false, othersGotThrough: false, othersFailed: 0, failingMs: 0 }),
      },
    },
    failpoint: () => {},
    tenants: {
      isBroken: () => broken,
      get: (id: string) =>
        tenants.includes(id) && !broken ? { id, crm: { timeoutMs: 1000, quota: { perSecond: 10 } } } : undefined,
    },
    crms: { of: () => crm },
  } as unknown as SinkDeps;
  return { deps, calls };
}

test("WR3: the email's own activity is associated with the deal of the message, and nothing else is written", async () => {
  const { deps, calls } = sink();
  expect(await matchOne(deps, rematch)).toEqual({
    kind: "matched",
    crm: "hubspot",
    dealId: "11",
    evidence: { matchedBy: "sent_message", confidence: "high", detail: "known sent message m1@acme.example" },
  });
  expect(calls).toEqual(["get 11", 'update 7 {"dealId":"11"}']);
});

describe("what is given up", () => {
  const permanent = { kind: "record-permanent", code: "hubspot:400", message: "no", unknown: false } as const;
  test.each<[why: string, crm: Crm, change: Partial<Rematch>, calls: number]>([
    ["no_deal_named", {}, { sent: null }, 0],
    ["unknown_tenant", {}, { tenant: "gone" }, 0],
    ["no_activity", {}, { activities: [], delivery: "suppressed" }, 0],
    ["no_activity", {}, { activities: [{ crm: "hubspot", state: "gone", recordId: "7" }] }, 0],
    ["deal_unknown", { deal: { ok: true, value: null } }, {}, 1],
    ["gone_in_crm", { update: { ok: true, value: null } }, {}, 2],
    ["hubspot:400", { update: { ok: false, fault: permanent } }, {}, 2],
  ])("%s", async (why, crm, change, count) => {
    const { deps, calls } = sink(crm);
    expect(await matchOne(deps, { ...rematch, ...change })).toEqual({ kind: "dropped", why });
    expect(calls).toHaveLength(count);
  });
});

describe("what is done later", () => {
  const outage = { kind: "outage", code: "hubspot:503", message: "away", unknown: true } as const;
  const passing = { kind: "record-passing", code: "hubspot:423", message: "locked", unknown: false } as const;
  test.each<[what: string, crm: Crm, change: Partial<Rematch>, attempt: boolean]>([
    ["an email that is still on its way", {}, { activities: [], delivery: "waiting" }, false],
    [
      "one whose activity is being written",
      {},
      { activities: [{ crm: "hubspot", state: "claimed", recordId: null }], delivery: "delivering" },
      false,
    ],
    ["while the tenant's circuit is open", { open: true }, {}, false],
    ["while the tenant is in buffer mode", { buffered: true }, {}, false],
    ["while the tenant's quota is used up", { spent: true }, {}, false],
    ["while the tenant's file is broken", { broken: true }, {}, false],
    ["after an outage", { update: { ok: false, fault: outage } }, {}, false],
    ["after a passing fault", { update: { ok: false, fault: passing } }, {}, true],
  ])("%s", async (_what, crm, change, attempt) => {
    const end = await matchOne(sink(crm).deps, { ...rematch, ...change });
    expect(end).toMatchObject({ kind: "later", attempt });
    expect(end.kind === "later" && end.delayMs).toBeGreaterThan(0);
  });

  test("but not for ever: attempts run out as an email's do", async () => {
    const { deps } = sink({ update: { ok: false, fault: passing } });
    expect(await matchOne(deps, { ...rematch, attempt: 5 })).toMatchObject({ kind: "dropped" });
  });
});
