import { LONGEST_HEADER } from "./lines.ts";
import { MOBILE_SIGNATURES } from "./words.ts";

/** Longer lines are sentences. The link behind the words does not count. */
const LONGEST = 120;
const KEY = 3;
const LINK =
  /\[([^\]]{1,80})\]\([^)]{1,300}\)|<[^<>]{1,300}>|\((?:https?|mailto):[^)]{1,300}\)|(?:https?:\/\/|www\.)\S{1,300}/g;

const BRACKETED = /^[<([{]{1,3}([^<>()[\]{}]{5,120})[>)\]}]{1,3}$/;

const patterns = Object.values(MOBILE_SIGNATURES).flat();
/** Patterns by their first letters, so that a line meets a few of them. */
const byBeginning = new Map<string, RegExp[]>();
/** Patterns that begin with anything, each with its longest word: a line without that word need not be matched. */
const anywhere: { readonly word: string; readonly pattern: RegExp }[] = [];
for (const pattern of patterns) {
  const beginning = pattern.slice(0, KEY);
  if (/[*?]/.test(beginning)) anywhere.push({ word: longestPiece(pattern), pattern: compiled(pattern) });
  else byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), compiled(pattern)]);
}

/** Whether a mail program wrote this line (`key`, see `lines.ts`) below the mail: `Sent from my iPhone`, in any language known. */
export function isMobileSignature(key: string): boolean {
  if (key.length > LONGEST_HEADER) return false;
  const words = key
    .replace(BRACKETED, "$1")
    .replace(LINK, (_link, label: string | undefined) => label ?? "")
    .replace(/^[\s"'“„~_-]{1,6}|[\s"'”.!~_-]{1,6}$/g, "")
    .trim();
  if (words.length < 5 || words.length > LONGEST) return false;
  const near = byBeginning.get(words.slice(0, KEY)) ?? [];
  return (
    near.some((pattern) => pattern.test(words)) ||
    anywhere.some(({ word, pattern }) => words.includes(word) && pattern.test(words))
  );
}

/** Every star takes at most 60 characters and a line has at most 120, so that going back is bounded. */
function compiled(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".{0,60}")
    .replaceAll("?", "\\S{1,30}");
  return new RegExp(`^${source}$`, "u");
}

function longestPiece(pattern: string): string {
  return pattern.split(/[*?]/).reduce((longest, piece) => (piece.length > longest.length ? piece : longest), "");
}
