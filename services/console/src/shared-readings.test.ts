import { expect, test } from "vitest";
import { createSharedReadings } from "./shared-readings.ts";

test("a thousand viewers at once ask once in five seconds, each scope by itself; what failed is asked again", async () => {
  let now = 0;
  let asked = 0;
  const readings = createSharedReadings(() => now);
  const look = async (key: string) => readings.get(key, async () => (asked += 1));
  const seen = await Promise.all(Array.from({ length: 1000 }, async () => look("all")));
  expect(new Set(seen)).toEqual(new Set([1]));
  expect(await look("acme")).toBe(2);
  now = 4_999;
  expect(await look("all")).toBe(1);
  now = 5_000;
  expect(await look("all")).toBe(3);
  await expect(readings.get("broken", async () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(await readings.get("broken", async () => "here")).toBe("here");
});
