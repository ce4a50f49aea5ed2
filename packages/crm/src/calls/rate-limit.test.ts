import { expect, test } from "vitest";
import { pauseFor, readRequestBudget } from "./rate-limit.ts";

const NOW = 1_800_000_000_000;

/** L31: other apps use the account's limit as well; what they leave is read before it shows as 429. */
test.each<[headers: Record<string, string>, expected: object | null]>([
  [
    { "x-hubspot-ratelimit-remaining": "12", "x-hubspot-ratelimit-max": "190" },
    { unit: "requests", left: 12, resetMs: null },
  ],
  [{ ratelimit: '"default";r=50;t=30' }, { unit: "requests", left: 50, resetMs: 30_000 }],
  [{ ratelimit: '"burst";r=3;t=1, "daily";r=900;t=3600' }, { unit: "requests", left: 3, resetMs: 1_000 }],
  [
    { "ratelimit-remaining": "0", "ratelimit-reset": "20" },
    { unit: "requests", left: 0, resetMs: 20_000 },
  ],
  [
    { "x-ratelimit-remaining": "5", "x-ratelimit-reset": "1800000060" },
    { unit: "requests", left: 5, resetMs: 60_000 },
  ],
  [
    { "x-ratelimit-remaining": "5", "x-ratelimit-reset": "1700000000" },
    { unit: "requests", left: 5, resetMs: 0 },
  ],
  [
    { "x-ratelimit-remaining": "5", "x-ratelimit-reset": "soon" },
    { unit: "requests", left: 5, resetMs: null },
  ],
  [{ "x-ratelimit-remaining": "many" }, null],
  [{ "x-ratelimit-remaining": "-1" }, null],
  [{ ratelimit: "nonsense" }, null],
  [{}, null],
])("%j", (headers, expected) => {
  expect(readRequestBudget(headers, NOW)).toEqual(expected === null ? [] : [expected]);
});

test.each([
  ["much is left", { left: 100, resetMs: null }, 0],
  ["as much as half a second takes", { left: 5, resetMs: 30_000 }, 0],
  ["less", { left: 4, resetMs: null }, 600],
  ["less, and more is there sooner", { left: 4, resetMs: 200 }, 200],
  ["nothing, and no one says for how long", { left: 0, resetMs: null }, 1_000],
  ["nothing until then", { left: 0, resetMs: 20_000 }, 20_000],
  ["nothing for a year", { left: 0, resetMs: 31_536_000_000 }, 900_000],
])("%s", (_, remaining, ms) => {
  expect(pauseFor(remaining, 10)).toBe(ms);
});
