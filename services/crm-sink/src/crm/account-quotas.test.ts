import type { Ledger } from "@inlet/ledger";
import { draw, type BucketState } from "@inlet/resilience";
import { describe, expect, test } from "vitest";
import { createAccountQuotas } from "./account-quotas.ts";
import { createUnitBuckets } from "./unit-buckets.ts";

const TOKENS = { unit: "tokens", amount: 40, perMs: 86_400_000 };

/** An account that allows 40 tokens a day beside its requests, on buckets in memory; what was drawn, by bucket. */
function account(quotas = [TOKENS]) {
  const drawn: string[] = [];
  const states = new Map<string, BucketState>();
  const drawTokens: Ledger["quota"]["draw"] = async ({ crm, ...asked }) => {
    drawn.push(crm);
    const after = draw(states.get(crm) ?? null, asked, asked, 0);
    states.set(crm, after.state);
    return after.drawn;
  };
  const tenant = { id: "acme", crm: { kind: "toy", quota: { perSecond: 10, burst: 20 } } };
  const units = createUnitBuckets(
    tenant as Parameters<typeof createUnitBuckets>[0],
    { quotas },
    { quota: { draw: drawTokens } },
  );
  const patience: [string, number][] = [];
  const accountQuotas = createAccountQuotas(units);
  const take = async (cost: { requests: number; tokens?: number }) =>
    accountQuotas.take(cost, ({ perSecond }, amount) => {
      patience.push([perSecond === 10 ? "requests" : "tokens", amount]);
      return 0;
    });
  return { take, drawn, patience };
}

describe("limits of an account in several units (WR10)", () => {
  test("a call takes what it costs of each, and waits as long for each as that one says", async () => {
    const { take, drawn, patience } = account();
    expect(await take({ requests: 1, tokens: 20 })).toEqual({ ok: true });
    expect(patience).toEqual([
      ["tokens", 20],
      ["requests", 1],
    ]);
    // Requests keep the bucket that they have had.
    expect(drawn).toEqual(["toy:tokens", "toy"]);
  });

  test("where a day's tokens are used up, no request is spent, and the wait is the budget's", async () => {
    const { take, drawn } = account();
    for (let n = 0; n < 2; n += 1) await take({ requests: 1, tokens: 20 });
    drawn.length = 0;
    const refused = await take({ requests: 1, tokens: 20 });
    expect(refused.ok).toBe(false);
    // Twenty of forty a day are half a day.
    expect(refused.ok ? 0 : refused.retryInMs).toBeGreaterThan(40_000_000);
    expect(drawn).toEqual(["toy:tokens"]);
  });

  test("a call that costs nothing of a unit, and a unit that is not limited, ask for nothing", async () => {
    const { take, drawn } = account();
    expect(await take({ requests: 1 })).toEqual({ ok: true });
    const plain = account([]);
    expect(await plain.take({ requests: 1, tokens: 500 })).toEqual({ ok: true });
    expect([drawn, plain.drawn]).toEqual([["toy"], ["toy"]]);
  });
});
