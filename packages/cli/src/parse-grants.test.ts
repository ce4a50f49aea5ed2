import { expect, test } from "vitest";
import { UsageError } from "./context.ts";
import { collectGrants, parseTtl } from "./parse-grants.ts";

test("grants add up", () => {
  expect(collectGrants("replay:acme", collectGrants("view", []))).toEqual([
    { role: "view", tenant: "*" },
    { role: "replay", tenant: "acme" },
  ]);
  expect(() => collectGrants("root", [])).toThrow(UsageError);
});

test.each([
  ["10m", 600_000],
  ["12h", 43_200_000],
  ["90d", 7_776_000_000],
])("--ttl %s", (text, ms) => {
  expect(parseTtl(text)).toBe(ms);
});

test.each(["", "0m", "-1d", "10", "1w", "1.5h"])("--ttl %j makes no sense, and says so", (text) => {
  expect(() => parseTtl(text)).toThrow(UsageError);
});
