/** What mail programs put before the subject of a reply or a forward, by language, lower-case: Outlook and its kin translate `Re` and `Fwd`. */
const PREFIXES = [
  // en, and the programs that do not translate
  "re|fw|fwd",
  // de, nl, sv, da, no, fi, is
  "aw|wg|antw|doorst|sv|vb|vs|vl|videre|fs",
  // fr, es, pt, ca, it
  "rép|ref|tr|rv|res|enc|r|rif|i|reenv",
  // pl, cs, hu, ro, lt, lv, et
  "odp|pd|odpověď|předáno|vá|továbbítás|răsp|redir|ats|atb|vast",
  // tr, id, vi, cy, el
  "ynt|ilt|bls|bal|trs|yml|απ|σχετ|πρθ",
  // ru, uk, bg
  "отв|ответ|пересл|відп|отг|препр",
  // he, ar
  "השב|תגובה|הועבר|رد|إعادة توجيه",
  // zh, ja, ko
  "回复|回覆|回復|答复|答覆|转发|轉寄|轉發|返信|転送|답장|회신|전달",
].join("|");

const PREFIX = new RegExp(
  `^(?:${PREFIXES})\\s{0,3}(?:\\[\\d{1,4}\\]|\\(\\d{1,4}\\)|\\^\\d{1,4})?\\s{0,3}[:：]\\s*`,
  "iu",
);

/** Words by which gateways label what comes from outside and what they take for spam, by language. */
const OUTSIDE = [
  "ext|extern|external|externe|externo|externa|externes?|esterno|esterna|ekstern|eksternt|ulkoinen|zewnętrzny|zewnętrzna|externí|externý",
  "külső|vanjski|zunanji|dış|harici|εξωτερικό|внешнее|внешний|зовнішній|외부|外部|חיצוני|خارجي|ngoài",
  "(?:probably |possible |suspected |likely )?spam|junk",
].join("|");
const DOUBTS = "bulk|marketing|graymail|suspicious|phishing|caution|warning|virus|secure|encrypted|verschlüsselt";
const LABEL_TAIL = "(?:[ _-]?(?:e-?mail|mail|sender|message|absender|nachricht|邮件|郵件|メール|메일))?[?!]{0,3}";
/** `[External]`, `(EXT)`, `{Spam?}`, `***SPAM***`, with a score or without; `EXT:`. */
const NAMED = new RegExp(
  `^(?:[[({<*]{1,8}\\s?(?:${OUTSIDE}|${DOUBTS})${LABEL_TAIL}(?:[ :(-]{0,3}[\\d.,/#-]{1,12}\\)?)?\\s?[\\])}>*]{1,8}[:：-]?|(?:${OUTSIDE})${LABEL_TAIL}[:：])\\s*`,
  "iu",
);
/** A list's name, a word of a company's own. One with a digit may be the matter itself: `[Ticket 4711]`. */
const BRACKETED = /^(?:\[[^\][\d]{1,40}\]|\*{2,}[^*\d]{1,40}\*{2,}|【[^【】\d]{1,40}】)\s*/u;
/** A subject of nothing but labels ends soon; a hostile one has thousands. */
const MOST = 50;

/** A subject without the labels in front that gateways and lists add (`[External]`, `EXT:`, `***SPAM***`); its own words as they are. */
export function withoutLabels(subject: string): string {
  return stripped(subject, [NAMED, BRACKETED]);
}

/** The same, without `Re:`, `AW:`, `SV:` and their like in any language known, in any order and number. */
export function withoutPrefixes(subject: string): string {
  return stripped(subject, [PREFIX, NAMED, BRACKETED]);
}

function stripped(subject: string, patterns: readonly RegExp[]): string {
  let rest = subject.trim();
  for (let count = 0; count < MOST; count += 1) {
    const before = rest;
    for (const pattern of patterns) rest = rest.replace(pattern, "");
    if (rest === before) return rest;
  }
  return rest;
}
