import { describe, expect, test } from "vitest";
import { draw, type BucketState, type Quota } from "./token-bucket.ts";

const quota: Quota = { perSecond: 10, burst: 5 };
const one = { need: 1, want: 1, maxWaitMs: 0 };

describe("a draw from a bucket (WR10)", () => {
  test.each<
    [
      what: string,
      state: BucketState | null,
      asked: Partial<typeof one>,
      now: number,
      granted: number,
      waitMs: number,
      tokens: number,
    ]
  >([
    ["a new bucket is full", null, {}, 1_000, 1, 0, 4],
    ["what lies there is given as far as it is wanted", null, { want: 3 }, 1_000, 3, 0, 2],
    ["never more than lies there", null, { want: 50 }, 1_000, 5, 0, 0],
    ["only whole tokens beyond the need", { tokens: 2.7, at: 1_000 }, { want: 9 }, 1_000, 2, 0, 0.7],
    ["time fills it", { tokens: 0, at: 1_000 }, {}, 1_300, 1, 0, 2],
    ["up to the burst", { tokens: 0, at: 1_000 }, {}, 60_000, 1, 0, 4],
    ["an empty one gives nothing to who cannot wait", { tokens: 0, at: 1_000 }, {}, 1_000, 0, 100, 0],
    ["and promises to who can", { tokens: 0, at: 1_000 }, { maxWaitMs: 100 }, 1_000, 1, 100, -1],
    ["no more than the need is promised", { tokens: 0, at: 1_000 }, { want: 5, maxWaitMs: 500 }, 1_000, 1, 100, -1],
    ["who comes later waits longer", { tokens: -2, at: 1_000 }, { maxWaitMs: 300 }, 1_000, 1, 300, -3],
    ["and is refused beyond what he can wait", { tokens: -3, at: 1_000 }, { maxWaitMs: 300 }, 1_000, 0, 400, -3],
    ["a call dearer than the burst counts as the burst", null, { need: 12, want: 12 }, 1_000, 5, 0, 0],
    ["a clock that went back refills nothing", { tokens: 1, at: 9_000 }, {}, 1_000, 1, 0, 0],
  ])("%s", (_what, state, asked, now, granted, waitMs, tokens) => {
    const after = draw(state, quota, { ...one, ...asked }, now);
    expect(after.drawn).toEqual({ granted, waitMs });
    expect(after.state.tokens).toBeCloseTo(tokens);
    expect(after.state.at).toBe(Math.max(now, state?.at ?? 0));
  });

  test("in any span of t seconds at most burst + t · perSecond are due, however they are drawn", () => {
    let state: BucketState | null = null;
    const due: number[] = [];
    // An uneven but fixed pace, now and then a pause that fills the bucket.
    for (let i = 0, now = 0; i < 4_000; i += 1, now += (i * 7) % 40 === 0 ? 900 : (i * 13) % 37) {
      const asked = { need: 1 + (i % 3), want: 1 + (i % 5), maxWaitMs: (i % 4) * 200 };
      const after = draw(state, quota, { ...asked, want: Math.max(asked.need, asked.want) }, now);
      ({ state } = after);
      for (let token = 0; token < after.drawn.granted; token += 1) due.push(now + after.drawn.waitMs);
    }
    due.sort((left, right) => left - right);
    for (let from = 0; from < due.length; from += 17)
      for (let to = from; to < due.length; to += 13) {
        const seconds = ((due[to] ?? 0) - (due[from] ?? 0)) / 1000;
        expect(to - from + 1).toBeLessThanOrEqual(quota.burst + seconds * quota.perSecond + 1e-6);
      }
    expect(due.length).toBeGreaterThan(500);
  });
});
