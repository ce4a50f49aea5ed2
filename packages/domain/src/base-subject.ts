import { withoutPrefixes } from "@inlet/schemas";

const WRAPPED = /^\[fwd:(.*)\]$/u;
const TRAILER = /(?<!\s)\s*\(fwd\)$/u;

/** Of a subject that is longer no more is looked at, characters. */
const LONGEST = 2_000;

/**
 * A subject without what replies, forwards, lists and filters add, its words in lower case with one space between: "the base subject" of
 * RFC 5256 (2.1), in the languages that mail programs speak. Empty where nothing is left.
 */
export function baseSubject(subject: string | null): string {
  let rest = lowerCase((subject ?? "").slice(0, LONGEST));
  for (let before = ""; before !== rest;) {
    before = rest;
    rest = withoutPrefixes(rest.replace(WRAPPED, "$1")).replace(TRAILER, "").trim();
  }
  return getWords(rest).join(" ");
}

/** Compatibility forms are one (full-width colons, ligatures); marks that show nothing, and the dot that a Turkish İ leaves, are dropped. */
function lowerCase(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/\p{Cf}|i\u0307/gu, (found) => (found.startsWith("i") ? "i" : ""))
    .replaceAll(/\s+/gu, " ")
    .trim();
}

/** Letters and digits that stand together; punctuation is what people change when they write a subject again. */
export function getWords(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}
