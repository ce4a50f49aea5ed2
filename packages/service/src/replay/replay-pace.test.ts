import { expect, it } from "vitest";
import { createReplayPace } from "./replay-pace.ts";

it("replays of a tenant use a fifth of each limit over time, whatever their emails cost, and a fifth of its burst at once", async () => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  let now = 0;
  const drawn: string[] = [];
  const quota = {
    draw: async ({ tenant, crm, perSecond, burst, need }: Parameters<Draw>[0]) => {
      drawn.push(tenant);
      const before = buckets.get(crm) ?? { tokens: burst, at: now };
      const tokens = Math.min(burst, before.tokens + ((now - before.at) / 1000) * perSecond);
      buckets.set(crm, { tokens: tokens - need, at: now });
      return { granted: need, waitMs: Math.max(0, ((need - tokens) / perSecond) * 1000) };
    },
  };
  const limits = [
    { unit: "search", bucket: "hubspot:search", perSecond: 5, burst: 5 },
    { unit: "requests", bucket: "hubspot", perSecond: 10, burst: 100 },
  ];
  const pace = createReplayPace("acme", limits, { quota }, async (ms) => void (now += ms));
  const { signal } = new AbortController();
  for (let email = 0; email < 120; email += 1) {
    await pace.turn(signal);
    pace.charge({ requests: 3 });
  }
  await pace.turn(signal);
  // 360 requests at 2 a second, of which 20 lay there.
  expect(now / 1000).toBeCloseTo(170, 0);
  expect(new Set(drawn)).toEqual(new Set(["replay:acme"]));
});

it("who stops does not wait for it", async () => {
  const stop = new AbortController();
  const quota = { draw: async () => ({ granted: 1, waitMs: 60_000 }) };
  const pace = createReplayPace("acme", [{ unit: "requests", bucket: "odoo", perSecond: 1, burst: 1 }], { quota });
  pace.charge({ requests: 5 });
  const turn = pace.turn(stop.signal);
  stop.abort();
  await turn;
  expect(stop.signal.aborted).toBe(true);
});

type Draw = Parameters<typeof createReplayPace>[2]["quota"]["draw"];
