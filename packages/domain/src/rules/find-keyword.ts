import type { SearchedText } from "./searched-text.ts";

const WORD = /[\p{L}\p{M}\p{N}_]/u;
/** Scripts that put no space between words: there a keyword is found within them. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Bopomofo}]/u;

/**
 * The first place of a folded keyword as whole words, as it stands in the text; null when there is none. A word ends where no letter, mark,
 * digit or `_` follows, in scripts without spaces anywhere.
 */
export function findKeyword({ text, folded, origin }: SearchedText, keyword: string): string | null {
  if (keyword === "") return null;
  for (let at = folded.indexOf(keyword); at !== -1; at = folded.indexOf(keyword, at + 1)) {
    const end = at + keyword.length;
    if (isBoundary(folded, at) && isBoundary(folded, end)) return text.slice(origin[at], origin[end]).trim();
  }
  return null;
}

/** Why a keyword would never be found as whole words, or not as meant; follows the name of the field. Null when it is fine. */
export function keywordProblem(folded: string): string | null {
  if (folded === "") return "is empty";
  const first = String.fromCodePoint(folded.codePointAt(0) ?? 0);
  return WORD.test(first) && WORD.test(lastCharacter(folded, folded.length))
    ? null
    : "does not begin and end with a letter or a digit";
}

/** Whether a word may begin or end at this place. */
function isBoundary(text: string, at: number): boolean {
  if (at === 0 || at === text.length) return true;
  const before = lastCharacter(text, at);
  const after = String.fromCodePoint(text.codePointAt(at) ?? 0);
  // Half a surrogate pair, or a mark that belongs to the letter before it.
  if (/\p{M}/u.test(after) || /[\uDC00-\uDFFF]/.test(text.charAt(at))) return false;
  if (!WORD.test(before) || !WORD.test(after)) return true;
  return UNSPACED.test(before) || UNSPACED.test(after);
}

function lastCharacter(text: string, end: number): string {
  const low = text.charCodeAt(end - 1);
  const pair = low >= 0xdc00 && low <= 0xdfff && end > 1;
  return text.slice(end - (pair ? 2 : 1), end);
}
