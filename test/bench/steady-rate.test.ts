import { expect, test } from "vitest";
import { steadyRate } from "./steady-rate.ts";

test("the rate is that of the middle: a slow start and a stray at the end do not count", () => {
  const middle = Array.from({ length: 100 }, (_, i) => 10_000 + i * 10);
  expect(steadyRate([0, 1_000, 2_000, ...middle, 90_000].toReversed())).toBeCloseTo(100);
});

test("what cannot tell a rate is refused", () => {
  expect(() => steadyRate([])).toThrow("0 events");
  expect(() => steadyRate([5, 5, 5, 5])).toThrow("too close together");
});
