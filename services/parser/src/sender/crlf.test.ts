import { expect, test } from "vitest";
import { withLineEnds } from "./crlf.ts";

test.each([
  ["", ""],
  ["\n", "\r\n"],
  ["\n\n\n", "\r\n\r\n\r\n"],
  ["a\nb", "a\r\nb"],
  ["a\r\nb\n\r\n\nc\r", "a\r\nb\r\n\r\n\r\nc\r"],
  ["no end", "no end"],
])("%j becomes %j", (text, whole) => {
  expect(withLineEnds(Buffer.from(text)).toString()).toBe(whole);
});

test("what is in order is not copied", () => {
  const bytes = Buffer.from("a\r\nb\r\n");
  expect(withLineEnds(bytes)).toBe(bytes);
});
