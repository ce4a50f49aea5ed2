import { expect, test } from "vitest";
import { seal, unseal } from "./sealing.ts";

test("what is sealed opens with its secret, in its place, unchanged; else not at all", () => {
  const sealed = seal("tökens 🗝", "secret", "acme");
  expect(unseal(sealed, "secret", "acme")).toBe("tökens 🗝");
  expect(unseal(sealed, "another", "acme")).toBeNull();
  expect(unseal(sealed, "secret", "other")).toBeNull();
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(unseal(changed, "secret", "acme"), `byte ${at}`).toBeNull();
  }
  for (const length of [0, 1, 28, 29, sealed.length - 1]) {
    expect(unseal(sealed.subarray(0, length), "secret", "acme"), `${length} bytes`).toBeNull();
  }
});

test("the same text sealed twice is not the same bytes", () => {
  expect(seal("a", "secret", "acme").equals(seal("a", "secret", "acme"))).toBe(false);
});
