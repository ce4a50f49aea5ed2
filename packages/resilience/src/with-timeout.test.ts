import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { withTimeout } from "./with-timeout.ts";

const never = new Promise<never>(() => {});
const refuse = (): never => {
  throw new RangeError("late");
};

test.each<[what: string, run: () => Promise<unknown>, expected: unknown]>([
  ["work that ends in time is answered", async () => withTimeout(60_000, Promise.resolve(7), () => "late"), 7],
  [
    "so is what looks like the timer's answer",
    async () => withTimeout(60_000, Promise.resolve("late"), refuse),
    "late",
  ],
  ["work that takes too long is given up", async () => withTimeout(0, never, () => null), null],
  ["a time that is over already is none", async () => withTimeout(-5, never, () => null), null],
])("%s", async (_, run, expected) => {
  expect(await run()).toBe(expected);
});

test("a fault of the work and one of being late are thrown", async () => {
  await expect(withTimeout(60_000, Promise.reject(new TypeError("x")), () => null)).rejects.toThrow(TypeError);
  await expect(withTimeout(0, never, refuse)).rejects.toThrow(RangeError);
});

test("work that fails after its time ends no process", async () => {
  const before = getEventListeners(process, "unhandledRejection").length;
  const { promise, reject } = Promise.withResolvers<never>();
  expect(await withTimeout(0, promise, () => null)).toBeNull();
  reject(new Error("too late"));
  await promise.catch(() => {});
  expect(getEventListeners(process, "unhandledRejection").length).toBe(before);
});
