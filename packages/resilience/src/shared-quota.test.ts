import { expect, test } from "vitest";
import { createSharedQuota, type BucketStore } from "./shared-quota.ts";
import { draw, type BucketState, type Draw, type Quota } from "./token-bucket.ts";

/** A bucket in memory on a clock that stands still unless it is moved; `asked` is what each statement asked for. */
function bucket(quota: Quota, instances = 1) {
  let state: BucketState | null = null;
  const asked: Draw[] = [];
  const clock = { now: 0 };
  const slept: number[] = [];
  const store: BucketStore = {
    draw: async (of, what) => {
      asked.push(what);
      const after = draw(state, of, what, clock.now);
      ({ state } = after);
      return after.drawn;
    },
  };
  const quotas = Array.from({ length: instances }, () =>
    createSharedQuota({
      quota,
      store,
      now: () => clock.now,
      sleep: async (ms) => {
        slept.push(Math.round(ms));
      },
    }),
  );
  return {
    take: async (cost: number, maxWaitMs = 0, instance = 0) => quotas[instance]?.take(cost, maxWaitMs),
    asked,
    clock,
    slept,
  };
}

test("WR10: callers that come together share statements, and a busy one leases a tenth of a second ahead", async () => {
  const { take, asked } = bucket({ perSecond: 1_000, burst: 500 });
  const taken = await Promise.all(Array.from({ length: 50 }, async () => take(1)));
  expect(taken.every((each) => each?.ok)).toBe(true);
  // The first finds an empty lease and asks at once; what is ahead of it serves the others.
  expect(asked).toEqual([{ need: 1, want: 101, maxWaitMs: 0 }]);
});

test("a lease that was not used within a second is not used in a later one", async () => {
  const { take, asked, clock } = bucket({ perSecond: 100, burst: 50 });
  await take(1);
  clock.now = 999;
  await take(1);
  expect(asked).toHaveLength(1);
  clock.now = 1_000;
  await take(1);
  expect(asked).toHaveLength(2);
});

test("a small quota leases nothing ahead", async () => {
  const { take, asked } = bucket({ perSecond: 9, burst: 10 });
  await take(1);
  await take(2);
  expect(asked.map(({ need, want }) => [need, want])).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test("no more than a second's quota is leased at once", async () => {
  const { take, asked } = bucket({ perSecond: 4, burst: 100 });
  await Promise.all(Array.from({ length: 20 }, async () => take(1)));
  expect(Math.max(...asked.map(({ want }) => want))).toBe(4);
});

test("callers wait for their turn in order, and are told when not to", async () => {
  const { take, slept } = bucket({ perSecond: 10, burst: 1 });
  expect(await take(1, 200)).toEqual({ ok: true });
  expect(await Promise.all([take(1, 200), take(1, 200), take(1, 200), take(1, 200)])).toEqual([
    { ok: true },
    { ok: true },
    { ok: false, retryInMs: 300 },
    { ok: false, retryInMs: 300 },
  ]);
  expect(slept).toEqual([100, 200]);
});

test("instances share one bucket", async () => {
  const { take } = bucket({ perSecond: 9, burst: 10 }, 4);
  const taken = await Promise.all(Array.from({ length: 40 }, async (_, i) => take(1, 0, i % 4)));
  expect(taken.filter((each) => each?.ok)).toHaveLength(10);
});

test("a call dearer than the burst is made all the same, at the burst's price", async () => {
  const { take } = bucket({ perSecond: 1, burst: 3 });
  expect(await take(11)).toEqual({ ok: true });
  expect(await take(1)).toEqual({ ok: false, retryInMs: 1_000 });
});

test("a ledger that is away fails those who asked, and is asked again", async () => {
  const answers = [async () => Promise.reject(new Error("away")), async () => ({ granted: 1, waitMs: 0 })];
  const quota = createSharedQuota({
    quota: { perSecond: 1, burst: 1 },
    store: { draw: async () => (answers.shift() ?? (async () => ({ granted: 0, waitMs: 1 })))() },
    now: () => 0,
    sleep: async () => {},
  });
  await expect(quota.take(1, 0)).rejects.toThrow("away");
  expect(await quota.take(1, 0)).toEqual({ ok: true });
});
