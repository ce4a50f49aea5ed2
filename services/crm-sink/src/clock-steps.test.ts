import { operation, type CallResult } from "@inlet/crm";
import { describe, expect, it } from "vitest";
import { callCrm } from "./crm/call-crm.ts";
import type { CallAttempt } from "./crm/call-attempt.ts";
import { KAFKA_BUDGET_MS } from "./limits.ts";

const HOUR_MS = 3_600_000;
const TIMEOUT_MS = 8_000;
const found: CallResult<null> = { ok: true, value: null };

/** A try of two calls; during the first the machine's clock is set, and so much time goes by. Deadlines of the calls that were made, in time that went by. */
async function tryWhile({ step, passesMs }: { readonly step: number; readonly passesMs: number }) {
  let [wall, passed] = [Date.UTC(2026, 0, 1), 0];
  // It began some time after the machine.
  const BOOT = 500_000;
  const email = {
    deps: { now: () => wall + passed, monotonic: () => BOOT + passed, random: () => 0.5, failpoint: () => {} },
    tenant: { crm: { timeoutMs: TIMEOUT_MS, quota: { perSecond: 10 } } },
    event: { eventId: "evt_1" },
    crm: {
      gate: async () => ({ buffered: false }),
      quotas: { take: async () => ({ ok: true }) },
      circuit: { call: async (_: string, call: () => unknown) => ({ open: false, result: await call() }) },
    },
    effects: { calling: () => {}, notDone: () => {} },
    deadline: BOOT + KAFKA_BUDGET_MS,
    attempts: {},
    begun: false,
    isolated: true,
  } as unknown as CallAttempt;
  const deadlines: number[] = [];
  const first = await callCrm(
    email,
    "contact",
    operation(async (_, { deadline }) => {
      deadlines.push(deadline - BOOT);
      wall += step;
      passed += passesMs;
      return found;
    }),
    null,
  );
  const second = await callCrm(
    email,
    "activity",
    operation(async (_, { deadline }) => {
      deadlines.push(deadline - BOOT);
      return found;
    }),
    null,
  );
  return { outcomes: [first, second], deadlines };
}

describe.each([
  ["goes back by an hour", -HOUR_MS],
  ["goes back by ten years", -87_600 * HOUR_MS],
  ["goes on by an hour", HOUR_MS],
  ["stands", 0],
])("L3: a clock that %s in the middle of a try", (_what, step) => {
  it("ends no try that has time left, and lengthens none: the lease of its claims does not either", async () => {
    const { outcomes, deadlines } = await tryWhile({ step, passesMs: 4_000 });
    expect(outcomes).toEqual([
      { kind: "ok", value: null },
      { kind: "ok", value: null },
    ]);
    expect(deadlines).toEqual([TIMEOUT_MS, KAFKA_BUDGET_MS]);
  });

  it("begins no call when the time of the try is over, and charges no attempt", async () => {
    const { outcomes, deadlines } = await tryWhile({ step, passesMs: KAFKA_BUDGET_MS - 1_000 });
    expect(outcomes[1]).toMatchObject({ kind: "retry", attempt: null });
    expect(deadlines).toEqual([TIMEOUT_MS]);
  });
});
