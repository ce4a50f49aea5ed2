import type { CallResult, Found, Settlement } from "@inlet/crm";
import { fakeCrm } from "@inlet/crm/testing";
import { describe, expect, test } from "vitest";
import type { DeliveryAttempt } from "../attempt.ts";
import { createEffectTracker } from "./effect-tracker.ts";
import { writeEffect } from "./write-effect.ts";

const LAGS: CallResult<Found> = {
  ok: false,
  fault: { kind: "record-passing", code: "toy:lists-lag", message: "", unknown: true },
};
const PARENTS = { contactId: "1", dealId: "2" };

/** A task whose earlier write is in doubt since 4 000, by a CRM that settles and answers as told. */
async function settle(how: Settlement, found: CallResult<Found> = { ok: true, value: null }, attempt = 0) {
  const asked: unknown[] = [];
  const adapter = fakeCrm({
    task: {
      settle: { how, afterMs: 600_000 },
      lookup: async (sought: unknown) => (asked.push(sought), found),
      write: async () => (asked.push("write"), { ok: true, value: { recordId: "new", created: true } }),
    },
  });
  const effects = createEffectTracker(() => "toy", "sink/1");
  effects.won("task", "eml_1/quote", true, 4_000);
  const email = {
    deps: {
      monotonic: () => 0,
      random: () => 0.5,
      failpoint: () => {},
      ledger: {
        circuits: {
          recordFailedCall: async () => ({ again: false, othersGotThrough: true, othersFailed: 0, failingMs: 0 }),
        },
      },
    },
    event: { eventId: "evt_1" },
    tenant: { id: "acme", crm: { timeoutMs: 1_000, required: [] } },
    crm: {
      kind: "toy",
      key: "toy",
      adapter,
      gate: async () => ({ buffered: false }),
      quotas: { take: async () => ({ ok: true }) },
      circuit: {
        state: async () => ({ open: false }),
        watch: () => {},
        call: async (_: string, call: () => unknown) => ({ open: false, result: await call() }),
      },
    },
    effects,
    attempts: { crm: attempt },
    deadline: 10_000,
    warnings: [],
    changes: [],
    evidence: {},
  } as unknown as DeliveryAttempt;
  const { write, lookup } = adapter.records.task;
  const input = { key: "eml_1/quote", title: "Quote", text: "", dueAt: 0, priority: null, ...PARENTS };
  const outcome = await writeEffect(email, "task", "eml_1/quote", { write, input, lookup, sought: PARENTS });
  return { outcome, asked, evidence: email.evidence };
}

describe("a write whose outcome is in doubt (WR11)", () => {
  const SOUGHT = { key: "eml_1/quote", since: 4_000, ...PARENTS };

  test("is looked for by its key, under its parents, no further back than it was claimed", async () => {
    const { outcome, asked } = await settle("consistent-lookup", { ok: true, value: { recordId: "7" } });
    expect(outcome).toMatchObject({ kind: "ok", value: { recordId: "7" } });
    expect(asked).toEqual([SOUGHT]);
  });

  test("is written where it is surely not there, or where writing again makes no second one", async () => {
    expect((await settle("consistent-lookup")).asked).toEqual([SOUGHT, "write"]);
    expect((await settle("upsert-by-key")).asked).toEqual(["write"]);
  });

  test("is looked for again while the CRM's lists lag, and ends unknown when they lag for longer than that", async () => {
    const first = await settle("consistent-lookup", LAGS);
    expect(first.outcome).toMatchObject({ kind: "retry", code: "toy:lists-lag" });
    const last = await settle("consistent-lookup", LAGS, 99);
    expect(last.outcome).toMatchObject({ kind: "deadLetter", reason: "outcome_unknown" });
    expect(last.evidence).toEqual({ unknown: [{ crm: "toy", effect: "task", key: "eml_1/quote" }] });
    expect([...first.asked, ...last.asked]).not.toContain("write");
  });

  test("ends unknown at once where nothing tells", async () => {
    const { outcome, asked } = await settle("none");
    expect(outcome).toMatchObject({ kind: "deadLetter", reason: "outcome_unknown" });
    expect(asked).toEqual([]);
  });
});
