/**
 * What mail programs put before the subject of a reply or a forward, by language, as `lowerCase` leaves it: Outlook and its kin translate
 * `Re` and `Fwd`.
 */
const PREFIXES = [
  // en, and the programs that do not translate
  "re|fw|fwd",
  // de, nl, sv, da, no, fi, is
  "aw|wg|antw|doorst|sv|vb|vs|vl|videre|fs",
  // fr, es, pt, ca, it
  "rép|tr|rv|res|enc|r|rif|i|reenv",
  // pl, cs, hu, lt, lv, et
  "odp|pd|odpověď|předáno|vá|továbbítás|ats|atb|vast",
  // tr, id, cy, el
  "ynt|ilt|bls|trs|yml|απ|σχετ|πρθ",
  // ru, uk, bg
  "отв|ответ|пересл|відп|отг|препр",
  // he, ar
  "השב|תגובה|הועבר|رد|إعادة توجيه",
  // zh, ja, ko
  "回复|回覆|回復|答复|答覆|转发|轉寄|轉發|返信|転送|답장|회신|전달",
].join("|");

const PREFIX = new RegExp(`^(?:${PREFIXES})\\s*(?:\\[\\d+\\]|\\(\\d+\\)|\\^\\d+)?\\s*:\\s*`, "u");
/** A list's name, `[External]`, `***Spam***`. One with a digit may be the matter itself: `[Ticket 4711]`. */
const LABEL = /^(?:\[[^\][\d]{1,40}\]|\*{2,}[^*\d]{1,40}\*{2,})\s*/u;
const WRAPPED = /^\[fwd:(.*)\]$/u;
const TRAILER = /\s*\(fwd\)$/u;

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
    rest = rest.replace(PREFIX, "").replace(WRAPPED, "$1").replace(LABEL, "").replace(TRAILER, "").trim();
  }
  return wordsOf(rest).join(" ");
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
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}
