import { expect, it } from "vitest";
import { wellFormed } from "./well-formed.ts";

it("replaces lone surrogates at any depth and leaves the original alone", () => {
  const value = { a: ["x\ud800", { b: "\udc00y" }], bytes: Buffer.from("z"), n: null };
  expect(wellFormed(value)).toEqual({ a: ["x\ufffd", { b: "\ufffdy" }], bytes: Buffer.from("z"), n: null });
  expect(value.a[0]).toBe("x\ud800");
});

it("gives back the same object where nothing is to be replaced", () => {
  const value = { a: ["📧", { b: "y" }], n: 1 };
  expect(wellFormed(value)).toBe(value);
});
