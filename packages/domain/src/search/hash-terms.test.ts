import { describe, expect, it } from "vitest";
import { hashAddress, hashWords, nameSearchKey, splitWords } from "./hash-terms.ts";

const KEY = "key-of-the-tests-32-characters-or-more";

describe("keyed hashes of what is searched for (OP3)", () => {
  it.each([
    ["Ada@Example.com", " ada@example.COM ", true],
    ["ada@bücher.example", "ada@xn--bcher-kva.example", true],
    ["ada@example.com", "аda@example.com", false], // a Cyrillic а is another letter, and another person
    ["ada@example.com", "bob@example.com", false],
  ])("%s and %s: one hash, %s", (one, other, same) => {
    expect(hashAddress(KEY, "acme", one) === hashAddress(KEY, "acme", other)).toBe(same);
  });

  it("another tenant or another key: another hash, and none of no address", () => {
    const hash = hashAddress(KEY, "acme", "ada@example.com");
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(hashAddress(KEY, "globex", "ada@example.com")).not.toBe(hash);
    expect(hashAddress(`${KEY}2`, "acme", "ada@example.com")).not.toBe(hash);
    expect(hashAddress(KEY, "acme", "no address")).toBeNull();
    expect(nameSearchKey(KEY)).not.toBe(nameSearchKey(`${KEY}2`));
  });

  it.each([
    ["Re: AW: Angebot für Müller & Söhne", ["angebot", "fur", "muller", "sohne"]],
    ["Invoice INV-2026/0042 — Ｆｕｌｌ", ["invoice", "inv", "2026", "0042", "full"]],
    ["見積依頼", ["見積", "積依", "依頼"]],
    ["\0 % _ ' -- \u202e", []],
    ["a a A á", ["a"]],
    ["x".repeat(10_000), ["x".repeat(64)]],
    ["🙂 Re:", []],
  ])("words of %j", (text, words) => {
    expect(splitWords(text)).toEqual(words);
    expect(hashWords(KEY, "acme", text)).toHaveLength(words.length);
  });

  it("a subject of ten thousand words has twelve", () => {
    const many = Array.from({ length: 10_000 }, (_, n) => `w${n}`).join(" ");
    expect(splitWords(many)).toHaveLength(12);
  });
});
