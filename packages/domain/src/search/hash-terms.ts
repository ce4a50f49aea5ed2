import { createHmac } from "node:crypto";
import { normalizeAddress } from "../effect-keys.ts";

/** What an email is found by without the ledger holding it: keyed hashes of addresses and of the words of its subject. */
export interface SearchTerm {
  readonly kind: "address" | "subject";
  /** Hex. */
  readonly hash: string;
}

/** Hex digits of a hash: two of ten million terms are alike once in 10^24. */
const DIGITS = 32;
/** Subjects of more words are mostly generated; the first ones tell them apart. */
const MOST_WORDS = 12;
const LONGEST_WORD = 64;
/** Scripts without spaces between words: each two letters that follow one another are a word. */
const UNSPACED = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]+$/u;

/** An address as search knows it; null where it is none. Tenants have different hashes of one address. */
export function hashAddress(key: string, tenant: string, address: string): string | null {
  const normalized = normalizeAddress(address);
  return normalized === null ? null : hash(key, "address", tenant, normalized);
}

/** The words of a subject, or of what is searched for, as search knows them; each once. */
export function hashWords(key: string, tenant: string, text: string): string[] {
  return splitWords(text).map((word) => hash(key, "subject", tenant, word));
}

/** Letters and digits, lower-case, in compatibility form and without accents; `Re:` and its kind are no words. */
export function splitWords(text: string): string[] {
  const plain = text
    .slice(0, 2000)
    .normalize("NFKD")
    .replaceAll(/\p{Mn}/gu, "")
    .toLowerCase();
  const words = (plain.match(/[\p{L}\p{N}]+/gu) ?? []).flatMap((word) =>
    UNSPACED.test(word) ? pairs(word) : [word.slice(0, LONGEST_WORD)],
  );
  return [...new Set(words)].filter((word) => !ALWAYS.has(word)).slice(0, MOST_WORDS);
}

const ALWAYS: ReadonlySet<string> = new Set(["re", "fw", "fwd", "aw", "wg", "sv", "vs", "tr"]);

function pairs(word: string): string[] {
  const letters = Array.from(word.slice(0, LONGEST_WORD));
  return letters.length < 3 ? [word] : letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
}

/** Of which key hashes are; says nothing of the key. */
export function nameSearchKey(key: string): string {
  return hash(key, "key", "", "").slice(0, 16);
}

function hash(key: string, kind: string, tenant: string, text: string): string {
  return createHmac("sha256", key).update(`${kind}\0${tenant}\0${text}`).digest("hex").slice(0, DIGITS);
}
