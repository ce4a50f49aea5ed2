import { expect, test } from "vitest";
import { answersWithin } from "./kafka-admin.ts";

test.each([
  ["at once", 0, 0, true],
  ["at the third time, with patience", 2, 60_000, true],
  ["at the third time, without", 2, 0, false],
])("a broker that answers %s", async (_name, refusals, patienceMs, expected) => {
  let asked = 0;
  const reachable = async (): Promise<boolean> => (asked += 1) > refusals;
  expect(await answersWithin({ reachable }, patienceMs)).toBe(expected);
});
