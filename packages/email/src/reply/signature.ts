import { phonesIn } from "./phones.ts";
import type { Reply } from "./read-reply.ts";
import { isClosing, withoutTitles } from "./signature-block.ts";

/** `phones` in E.164 where the country is known, else as written. */
export interface Signature {
  readonly name: string | null;
  readonly phones: string[];
}

/** Lines of a signature that are looked at. */
const LINES = 14;
/** Lines at the end of a letter among which closing words and a name stand. */
const END = 5;
const CASELESS = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul} ]{2,12}$/u;
const CASELESS_WORDS =
  /^[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Devanagari}\p{M}'’.-]{2,30}(?: [\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Devanagari}\p{M}'’.-]{1,30}){1,3}$/u;
const CAPITALS =
  /^\p{Lu}[\p{L}.'’-]{0,40}(?: (?:\p{Lu}[\p{L}.'’-]{0,40}|de|van|von|der|den|da|di|la|al|bin|dos|del|ter|zu)){1,4}$/u;

/**
 * Name and phones of the sender (UN5): from his signature, or his name alone below closing words that stayed in the
 * reply. The country of a phone without country code is that of the sender's domain (`.de`). Null where neither shows.
 */
export function signatureIn(
  reply: Reply,
  from: { readonly name: string | null; readonly email: string } | null,
): Signature | null {
  const block = reply.signature.slice(0, LINES).filter((line) => line !== "" && line.length <= 200);
  const phones = [...new Set(block.flatMap((line) => phonesIn(line, from?.email ?? null)))];
  const name = nameIn(block, from?.name ?? null) ?? nameBelowClosing(reply.words);
  return name === null && phones.length === 0 ? null : { name, phones };
}

function nameIn(block: readonly string[], sender: string | null): string | null {
  const own = sender?.toLowerCase();
  return block.find((line) => own !== undefined && line.toLowerCase() === own) ?? block.find(isName) ?? null;
}

function nameBelowClosing(words: string): string | null {
  const end = words
    .slice(-1_000)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-END);
  const closing = end.findLastIndex((line) => isClosing(line.toLowerCase()));
  const next = closing === -1 ? undefined : end[closing + 1];
  return next !== undefined && isName(next) ? next : null;
}

/** Two to five words that begin with a capital, no digits; scripts without capitals: a few letters. */
function isName(line: string): boolean {
  const text = withoutTitles(line).replace(/,$/, "");
  if (text.length > 60 || isClosing(text.toLowerCase())) return false;
  return CASELESS.test(text) || CASELESS_WORDS.test(text) || CAPITALS.test(text);
}
