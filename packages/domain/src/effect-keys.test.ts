import { describe, expect, test } from "vitest";
import { formerKeys, normalizeAddress } from "./effect-keys.ts";

const NFC = "m\u00fcller@b\u00fccher.example";
const NFD = NFC.normalize("NFD");
const A_LABEL = "m\u00fcller@xn--bcher-kva.example";

describe("one mailbox is one contact (L29)", () => {
  test.each([NFC, NFD, A_LABEL, ` ${NFC.toUpperCase()} `, "M\u00fcller@XN--BCHER-KVA.example"])("%s", (address) => {
    expect(normalizeAddress(address)).toBe(A_LABEL);
  });

  test.each([
    "ada@example.com",
    "root@localhost",
    "ada@my_host.example",
    "ada@[192.0.2.7]",
    "ada@1.2",
    "a@b@c.example",
  ])("%s stays as it is, and was known by nothing else", (address) => {
    expect(normalizeAddress(address)).toBe(address);
    expect(formerKeys(address)).toEqual([]);
  });

  test.each(["", "ada", "@example.com", "ada@", "a da@example.com"])("%j is no address", (address) => {
    expect(normalizeAddress(address)).toBeNull();
    expect(formerKeys(address)).toEqual([]);
  });
});

test.each([NFC, NFD, A_LABEL])("what the ledger knows under another way of writing is found by %s", (address) => {
  const keys = formerKeys(address);
  expect(keys).not.toContain(A_LABEL);
  expect(keys).toContain(NFC);
  expect(keys).toContain(NFD);
});
