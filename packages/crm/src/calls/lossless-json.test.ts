import { expect, test } from "vitest";
import { parseLossless } from "./lossless-json.ts";

/** L31: 64-bit ids ended in an outage without end. */
test.each([
  ['{"id": 9223372036854775807}', { id: "9223372036854775807" }],
  ['{"id": -9223372036854775808}', { id: "-9223372036854775808" }],
  ["[9007199254740993, 9007199254740991, 42, 1.5, 1e20]", ["9007199254740993", 9007199254740991, 42, 1.5, 1e20]],
  ['"9007199254740993"', "9007199254740993"],
])("%s", (text, value) => {
  expect(parseLossless(text)).toEqual(value);
});
