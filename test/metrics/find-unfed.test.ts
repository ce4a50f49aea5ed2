import { expect, test } from "vitest";
import { findUnfed } from "./find-unfed.ts";

const specs = [
  { kind: "counter", name: "a_total", help: "", labels: ["code"], values: { code: ["x", "y"] } },
  { kind: "gauge", name: "b", help: "", labels: [] },
] as const;

test("planted: a metric that is never fed, a label value that is never emitted, one that is shown elsewhere", () => {
  const seen = new Set(["a_total", "a_total code=x"]);
  expect(findUnfed(seen, specs, {})).toEqual(["a_total code=y", "b"]);
  expect(findUnfed(seen, specs, { b: "test/pipeline/x.e2e.test.ts" })).toEqual(["a_total code=y"]);
  expect(findUnfed(new Set([...seen, "b", "a_total code=y"]), specs, {})).toEqual([]);
});
