import { operation, type CallResult } from "@inlet/crm";
import { createSharedQuota, draw, type BucketState } from "@inlet/resilience";
import { expect, it } from "vitest";
import { createAccountQuotas } from "../crm/account-quotas.ts";
import { callCrm } from "../crm/call-crm.ts";
import type { CallAttempt } from "../crm/call-attempt.ts";

const STEPS = ["find-contact", "contact", "deal", "activity"] as const;
const COSTS = { "find-contact": 1, contact: 2, deal: 2, activity: 1 };
const found: CallResult<null> = { ok: true, value: null };

/** Tries emails one after the other against a quota, by a clock of its own; what was called, and how long it took. */
async function deliver(quota: { perSecond: number; burst: number }, emails: number) {
  let clock = 0;
  let bucket: BucketState | null = null;
  const shared = createSharedQuota({
    quota,
    now: () => clock,
    sleep: async (ms) => void (clock += ms),
    store: {
      draw: async (of, asked) => {
        const { state, drawn } = draw(bucket, of, asked, clock);
        bucket = state;
        return drawn;
      },
    },
  });
  const quotas = createAccountQuotas(new Map([["requests", { quota, bucket: shared }]]));
  const circuit = { call: async (_: string, call: () => unknown) => ({ open: false, result: await call() }) };
  const crm = { gate: async () => ({ buffered: false }), quotas, circuit };
  const calls: string[] = [];
  let parks = 0;
  for (let n = 0; n < emails; n += 1) {
    for (let written = false; !written;) {
      const email = {
        deps: { now: () => clock, monotonic: () => clock, random: () => 0.5, failpoint: () => {} },
        tenant: { crm: { timeoutMs: 1_000, quota } },
        event: { eventId: `evt_${n}` },
        crm,
        deadline: clock + 60_000,
        attempts: {},
        begun: false,
        isolated: true,
      } as unknown as CallAttempt;
      written = true;
      const getOperation = (step: (typeof STEPS)[number]) =>
        operation(async () => (calls.push(step), found), { cost: { requests: COSTS[step] } });
      for (const step of STEPS) {
        const outcome = await callCrm(email, step, getOperation(step), null);
        if (outcome.kind === "ok") continue;
        expect(outcome).toMatchObject({ kind: "park", code: "quota" });
        clock += outcome.kind === "park" ? outcome.delayMs : 0;
        parks += 1;
        written = false;
        break;
      }
    }
  }
  return { calls, parks, seconds: clock / 1000 };
}

it.each([
  { perSecond: 1, burst: 1 },
  { perSecond: 1, burst: 10 },
  { perSecond: 0.5, burst: 2 },
  { perSecond: 3, burst: 3 },
])(
  "L9: at $perSecond a second, burst $burst, mail flows at the quota's pace, and no call is made twice",
  async (quota) => {
    const { calls, parks, seconds } = await deliver(quota, 10);
    expect(calls).toEqual(Array.from({ length: 10 }, () => STEPS).flat());
    // One that has begun does not park: it waits for the tokens of its next call.
    expect(parks).toBeLessThanOrEqual(10);
    const cost = Object.values(COSTS).reduce((sum, each) => sum + Math.min(each, quota.burst), 0);
    expect(seconds).toBeLessThanOrEqual((10 * cost) / quota.perSecond + 1);
  },
);
