/** Most characters that are searched of a subject, and of a reply text: what is asked for stands in front, and hostile mail costs no more. */
export const MOST_SEARCHED = 20_000;

/** A text as keywords and patterns see it. */
export interface SearchedText {
  readonly where: "subject" | "text";
  /** NFKC, without soft hyphens and zero-width marks, so that one word has one spelling. */
  readonly text: string;
  /** The same without case, a run of white space as one space. */
  readonly folded: string;
  /** For each UTF-16 unit of `folded` where it begins in `text`; at the end the length of `text`. */
  readonly origin: Uint32Array;
}

/** Marks within words that no one sees: soft hyphen, zero-width space, word joiner, byte order mark. The joiners of Persian and Hindi stay. */
const UNSEEN = /[\u00AD\u200B\u2060\uFEFF]/gu;
const DOT_ABOVE = "\u0307";

export function searchedText(where: SearchedText["where"], given: string | null): SearchedText {
  // Cut before, since NFKC has work with every character, and after, since it makes up to eighteen of one.
  const text = (given ?? "")
    .slice(0, MOST_SEARCHED)
    .toWellFormed()
    .normalize("NFKC")
    .replace(UNSEEN, "")
    .slice(0, MOST_SEARCHED)
    .toWellFormed();
  let folded = "";
  const origin: number[] = [];
  let at = 0;
  for (const character of text) {
    const space = /\s/u.test(character);
    const fold = space ? " " : foldedCharacter(character);
    if (!(space && folded.endsWith(" "))) {
      folded += fold;
      for (let unit = 0; unit < fold.length; unit += 1) origin.push(at);
    }
    at += character.length;
  }
  origin.push(text.length);
  return { where, text, folded, origin: Uint32Array.from(origin) };
}

/** A keyword in the same form. */
export function foldedKeyword(keyword: string): string {
  return searchedText("text", keyword).folded.trim();
}

/**
 * Lower, upper and lower again, character by character: ß and ẞ become ss, both sigmas one, and I, ı and İ one, whatever the language. Unicode's
 * own full case folding (CaseFolding.txt) differs only in the Turkish letters, which it leaves to the caller.
 */
function foldedCharacter(character: string): string {
  if (character === DOT_ABOVE) return "";
  return character.toLowerCase().toUpperCase().toLowerCase().replaceAll(DOT_ABOVE, "");
}
