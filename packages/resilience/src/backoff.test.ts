import { expect, test } from "vitest";
import { createBackoff } from "./backoff.ts";

test.each([
  ["each wait is twice as long, up to the longest", { firstMs: 100, mostMs: 500 }, [100, 200, 400, 500, 500]],
  ["the first is no longer than the longest", { firstMs: 100, mostMs: 50 }, [50, 50]],
])("%s", async (_name, options, waits) => {
  const slept: number[] = [];
  const backoff = createBackoff({ ...options, sleep: async (ms) => void slept.push(ms) });
  for (const ms of waits) {
    expect(backoff.nextMs).toBe(ms);
    await backoff.wait();
  }
  expect(slept).toEqual(waits);
});
