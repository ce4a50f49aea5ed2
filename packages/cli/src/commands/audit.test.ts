import { expect, test } from "vitest";
import { UsageError } from "../context.ts";
import { parseHead } from "./audit.ts";

const HASH = "0a".repeat(32);

test("audit verify --head takes what audit head prints, the chain without a tenant included", () => {
  expect(parseHead(`acme=41:${HASH}`)).toEqual({ tenant: "acme", seq: 41, hash: HASH });
  expect(parseHead(`=1:${HASH}`)).toEqual({ tenant: "", seq: 1, hash: HASH });
});

test.each(["acme", "acme=41", `acme=x:${HASH}`, `acme=1:${HASH}0`, `acme=1:${HASH.toUpperCase()}`])(
  "%s is none",
  (text) => {
    expect(() => parseHead(text)).toThrow(UsageError);
  },
);
