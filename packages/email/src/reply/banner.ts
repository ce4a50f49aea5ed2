import banners from "./words/banners.json" with { type: "json" };

/** A text without the notice in front that the receiving company's gateway added, and that notice with its spaces folded. */
export interface Unbannered {
  readonly banner: string | null;
  /** The text as it was where there is no banner. */
  readonly text: string;
}

/** Banners stand at the top; longer ones are no banners. */
const LONGEST = 1_500;
/** Characters in front of the words that tell where the mail came from: `This email`, `Diese Nachricht`. */
const LEAD = 70;
const LABELS: ReadonlySet<string> = new Set([...banners.labels, ...banners.external]);
const EXTERNAL: ReadonlySet<string> = new Set(banners.external);
const TELLING: readonly string[] = [...banners.origin, ...banners.tips];
/** `por um remetente externo`, `от внешнего отправителя`: an adjective beside a sender, in either order. */
const OUTSIDE =
  "(?:extern\\p{L}{0,4}|estern[oaie]|ekstern\\p{L}{0,3}|zewnętrzn\\p{L}{1,4}|vnějš\\p{L}{1,4}|külső|внешн\\p{L}{1,4}|зовнішн\\p{L}{1,4}|външ\\p{L}{1,4}|εξωτερικ\\p{L}{1,3}|harici|dış|ulkoi\\p{L}{1,6}|ulkopuoli\\p{L}{1,6}|vanjsk\\p{L}{1,3}|zunanj\\p{L}{1,4}|väli\\p{L}{1,4}|ārēj\\p{L}{1,3}|išorin\\p{L}{1,4}|utanaðkomandi|חיצוני|خارجي)";
const SENDER =
  "(?:senders?|source|(?:ab|af|av)send\\p{L}{1,4}|avsänd\\p{L}{1,4}|quelle|expéditeur|exp[ée]ditor\\p{L}{0,3}|remitente?|remetente|mittente|afzender|lähettäj\\p{L}{1,5}|nadawc\\p{L}{1,3}|odes[ií]l?[áa]?tel\\p{L}{0,3}|odosielate\\p{L}{1,4}|feladó\\p{L}{0,3}|forrás\\p{L}{0,4}|отправител\\p{L}{1,3}|відправник\\p{L}{0,3}|подател|αποστολέα\\p{L}{0,1}|gönderen\\p{L}{0,4}|gönderici\\p{L}{0,4}|pošiljate\\p{L}{1,3}|saatja\\p{L}{0,3}|sūtītāj\\p{L}{0,3}|siuntėj\\p{L}{0,3}|sendand\\p{L}{1,3}|שולח|مرسل)";
const EXTERNAL_SENDER = new RegExp(`(?<!\\p{L})(?:${OUTSIDE} ${SENDER}|${SENDER} ${OUTSIDE})(?!\\p{L})`, "u");
/** What stands around a label: brackets, stars, rules, signs. */
const ORNAMENT = /^(?:[\s[\](){}<>*_=#|:!~.\-–—⚠⛔❗❕🚨🛑]|\uFE0F)+/u;
const RULE = /^[\s*_=#|~\-–—]{3,}$/u;
const URL = /<?https?:\/\/\S{1,1500}/g;
const ENDS = /[.!?。！？\]>]["')\]*_]{0,3}\s*$/u;
/** A sentence's end, not that of an abbreviation. */
const SENTENCE_END = /(?<=[\p{L}\p{N})\]"'”»>/]{2}[.!?]|[。！？]|\])\s+/u;

/**
 * Takes the caution of a gateway (`CAUTION: This email originated from outside…`, `You don't often get email from…`) off the front of a
 * text. A banner begins with a label or with what the mail is, says that the mail is from outside, and goes on only in sentences about links,
 * attachments and senders: the first other sentence is the sender's own. A mail that is nothing else keeps it. Linear in the first lines.
 */
export function takeBanner(text: string): Unbannered {
  const end = findBannerEnd(text);
  if (end === 0 || text.slice(end).trim() === "") return { banner: null, text };
  return { banner: text.slice(0, end).replace(/\s+/g, " ").trim(), text: text.slice(end).replace(/^\s*\n/, "") };
}

/** Index behind the banner that the text begins with; 0 where it begins with none. */
function findBannerEnd(text: string): number {
  let end = 0;
  let told = false;
  let first = true;
  for (const { from, to, words } of sentences(text.slice(0, LONGEST))) {
    if (RULE.test(words) || words.trim() === "") {
      if (!first && told && words.trim() !== "") end = to;
      continue;
    }
    const key = toKey(words);
    if (first) {
      if (!begins(key)) return 0;
    } else if (from > 0 && !goesOn(key, text.slice(end, from))) break;
    first = false;
    told ||= tells(key);
    if (words.replace(URL, "").includes("?")) return 0;
    end = to;
  }
  return told ? end : 0;
}

function begins(key: string): boolean {
  const label = findLabel(key);
  if (label !== null) return true;
  return [...TELLING, ...banners.addressed].some((phrase) => {
    const at = key.indexOf(phrase);
    return at !== -1 && at <= LEAD && !isSomebodys(key.slice(0, at));
  });
}

/** A banner speaks of itself; a person speaks of what he did. */
function isSomebodys(lead: string): boolean {
  return /\b(?:i|we|my|our|ich|wir|je|nous|yo|io|ik|wij|jag|jeg|vi)\b|[,;?]/u.test(lead);
}

function tells(key: string): boolean {
  const label = findLabel(key);
  if (label !== null && EXTERNAL.has(label)) return true;
  if (TELLING.some((phrase) => key.includes(phrase)) || EXTERNAL_SENDER.test(key)) return true;
  // `You do not often get mail from X`: people write so, too, but not of an address.
  return key.includes("@") && banners.addressed.some((phrase) => key.includes(phrase));
}

/** The sentence below or behind the first ones is one of the same notice. A paragraph of its own needs a word of origin. */
function goesOn(key: string, between: string): boolean {
  if (key === "" || isLink(key)) return true;
  if (/\n\s*\n/.test(between)) return tells(key) && begins(key);
  return tells(key) || banners.advice.some((word) => key.includes(word));
}

/** `caution`, `external email`: the words in front of a colon, a bracket or the end. */
function findLabel(key: string): string | null {
  const front = /^([\p{L}\p{M} '’-]{2,40}?)\s?(?:[:：!\])}|*\-–—.]|$)/u.exec(key)?.[1]?.trim() ?? "";
  if (LABELS.has(front)) return front;
  // `CAUTION EXTERNAL EMAIL`, `Warning External sender`.
  const space = front.indexOf(" ");
  const behind = front.slice(space + 1);
  return space > 0 && LABELS.has(front.slice(0, space)) && EXTERNAL.has(behind) ? behind : null;
}

function isLink(words: string): boolean {
  return words.replace(URL, "").replace(ORNAMENT, "").trim() === "";
}

function toKey(words: string): string {
  return words.replace(/\s+/g, " ").toLowerCase().replace(ORNAMENT, "").trim();
}

interface Sentence {
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

/** Sentences with the place of each; wrapped lines are one, a line that is short or ends with a full stop is whole. */
function sentences(text: string): Sentence[] {
  const found: Sentence[] = [];
  let from = 0;
  let at = 0;
  for (const line of text.split("\n")) {
    const end = at + line.length;
    if (line.trim() === "" || ENDS.test(line) || line.length < 45 || RULE.test(line)) {
      found.push(...split(text.slice(from, end), from));
      from = Math.min(end + 1, text.length);
    }
    at = end + 1;
  }
  if (from < text.length) found.push(...split(text.slice(from), from));
  return found;
}

function split(lines: string, offset: number): Sentence[] {
  const found: Sentence[] = [];
  let from = offset;
  for (const words of lines.split(SENTENCE_END)) {
    const start = lines.indexOf(words, from - offset) + offset;
    found.push({ from: start, to: start + words.length, words });
    from = start + words.length;
  }
  return found;
}
