import { ATTRIBUTION_LINES } from "./attribution-lines.ts";
import type { AttributionLine } from "./attribution-lines.ts";
import { LONGEST_HEADER } from "./lines.ts";
import type { Line } from "./lines.ts";

/** One look tells most lines apart: without a word of writing there is no attribution line. */
const ANY_VERB = new RegExp(
  [...new Set(ATTRIBUTION_LINES.flatMap((form) => form.verbs))].map((verb) => verb.replace(/[()/]/g, "\\$&")).join("|"),
);

const ANY_VERB_FIRST = new RegExp(`^(?:${ANY_VERB.source})`);

/** Lines `from` to `to` (both included) that introduce a quote. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Mail programs wrap the attribution line at 72 characters: three lines, four with a long address. */
const MOST_LINES = 4;
const ADDRESS = /(?<![^\s<>()[\]",;:])[^\s<>()[\]",;:@]{1,100}@[^\s<>()[\]",;:]{1,200}/;
const TIME =
  /(?:^|\D)\d{1,2}\s?[:.h時点點시]\s?\d{2}(?:\D|$)|[٠-٩۰-۹]{1,2}:[٠-٩۰-۹]{2}|\d\s?(?:am|pm|시|時|时|点|點)(?:\W|$)/;
const DAY = /(?:19|20)\d{2}|(?:^|\D)\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:\D|$)|[٠-٩۰-۹]{4}|\d{1,2}月\d{1,2}日/;
/** `2016-03-03 17:21 GMT+01:00 X <a@b>:`, `вт, 5 янв. 2016 г. в 23:39, X <a@b>:`: a date, then who, and no verb. */
const BEGINS_WITH_DATE = /^(?:\p{L}{1,14}[.,]{0,2}\s?,?\s?){0,2}\(?\d/u;
const ENDS_WITH_ADDRESS = /<\s?(?:mailto:)?[^<>@\s]{1,100}@[^<>@\s]{1,200}\s?>{1,2}\s?[:：]?$/;
const ISO_DATE = /^20\d\d[-/.]\d{1,2}[-/.]\d{1,2}[ t,]{1,2}\d{1,2}:\d\d/;
const POSTED = /^posted by \S.{0,60} on \d/;
/** `---- On … wrote ----`: rules on both sides stand for the colon. */
const RULED = /^[-–—]{2}.*[-–—]{2}$/;
const WORDS_OF_ALPHABETS = /[\p{L}\p{M}\d]/u;
/** The line above can begin an attribution line only if it goes on. */
const ENDS_SENTENCE = /[.!?…]["')\]]?$/;

/**
 * The attribution line that ends on line `end`, or null. Whether a quote follows (`quoted`) counts as evidence: `X wrote:`
 * alone announces nothing. Looks at four lines, so that looking at every line is linear.
 */
export function attributionLineEndingAt(lines: readonly Line[], end: number, quoted: boolean): Span | null {
  if (!canEnd(lines[end]?.key ?? "", quoted))
    return hasQuoteBehind(lines[end]?.key ?? "") ? { from: end, to: end } : null;
  let key = "";
  for (let start = end; start > end - MOST_LINES && start >= 0; start -= 1) {
    const line = lines[start] as Line;
    if (line.kind === "blank" && start < end && (lines[start - 1]?.kind ?? "blank") !== "blank" && opensMidway(key))
      continue;
    if (line.kind !== "words" || line.key === "") return null;
    key = key === "" ? line.key : `${line.key} ${key}`;
    if (key.length > LONGEST_HEADER) return null;
    if (isAttributionLine(bare(key), quoted, RULED.test(key))) return { from: widened(lines, start, key), to: end };
  }
  return null;
}

/** A word of writing, then nothing: `… <x@y> wrote` without its colon, which only day, time and address make an attribution line. */
function endsWithVerb(key: string): boolean {
  if (!key.includes("@") || !ANY_VERB.test(key) || !TIME.test(key) || !DAY.test(key)) return false;
  const words = bare(key);
  return (
    beginsWithStart(words) &&
    ATTRIBUTION_LINES.some(
      (form) =>
        form.nameAfterVerb !== true &&
        form.starts.some((start) => startsWithWord(words, start)) &&
        form.verbs.some(
          (verb) => words.endsWith(verb) && /[\s>)\]"]/.test(words.charAt(words.length - verb.length - 1)),
        ),
    )
  );
}

function holdsAddress(words: string): boolean {
  return words.includes("@") && ADDRESS.test(words);
}

/** Whether a line that a program marked may introduce a quote: it begins as attribution lines do, has a day or time and a word of writing. */
export function mayAttribute(key: string): boolean {
  return (
    key.length <= 160 && /\d/.test(key) && ANY_VERB.test(key) && !ENDS_SENTENCE.test(key) && beginsWithStart(bare(key))
  );
}

/** Takes the lines above in where the words found begin in the middle: `On Mon, 2 Mar,` above `2026, X wrote:`. */
function widened(lines: readonly Line[], start: number, key: string): number {
  let top = start;
  if (beginsWithStart(bare(key)) && !beginsMidway(key) && !ANY_VERB_FIRST.test(bare(key))) return start;
  for (let at = start - 1; at >= start - 3 && at >= 0; at -= 1) {
    const line = lines[at] as Line;
    if (line.kind !== "words" || line.key === "" || line.key.length > 160) return top;
    const opens = beginsWithStart(bare(line.key)) && /\d|^\p{L}+ \p{L}+,/u.test(line.key);
    if (ENDS_SENTENCE.test(line.key)) return top;
    if (opens) top = at;
    if (opens && !beginsMidway(line.key)) return top;
  }
  return top;
}

/** `at 10:18,`, `à 19:03`: the time of an attribution line whose day stands above. */
function beginsMidway(key: string): boolean {
  return /^\p{L}{1,4}\.? \d{1,2}[:.h]\d{2}/u.test(key) && !DAY.test(key);
}

/** `On …, X<x@y> wrote:   Dear Ada,`: Yahoo's program for phones goes on in the same line. */
function hasQuoteBehind(key: string): boolean {
  const front = /^(.{10,300}?[>)] ?[^<>:：]{2,30}[:：]) \S/u.exec(key)?.[1];
  if (front === undefined || !ANY_VERB.test(front) || !holdsAddress(front) || !DAY.test(front)) return false;
  return beginsWithStart(bare(front)) && isAttributionLine(bare(front), false, false);
}

function canEnd(key: string, quoted: boolean): boolean {
  return (
    /[:：>]$/.test(key) ||
    /[-—]{2}$/.test(key) ||
    /[:：>]$/.test(bare(key)) ||
    (quoted && key !== "") ||
    endsWithVerb(key)
  );
}

/** A blank line inside of an attribution line: mail programs put one before an address that they made a link of. */
function opensMidway(key: string): boolean {
  return /^(?:<|>|mailto:)/.test(key) || ANY_VERB_FIRST.test(key);
}

function isAttributionLine(key: string, quoted: boolean, ruled: boolean): boolean {
  const ends = ruled || /[:：]$/.test(key);
  const words = key.replace(/(?<![\s:：])[\s:：]+$/, "");
  const hasAddress = holdsAddress(words);
  const hasDay = DAY.test(words);
  const hasTime = TIME.test(words);
  if (!ends && !quoted && !hasAddress && !hasTime) return false;
  if (!ends && !quoted && endsWithVerb(key)) return true;
  if (
    ANY_VERB.test(words) &&
    ATTRIBUTION_LINES.some((form) => announces(form, words, { ends, quoted, hasAddress, hasDay, hasTime }))
  )
    return true;
  // In a language that no table knows: who, day and time, and a colon.
  if (ends && hasAddress && (quoted ? hasDay || hasTime : hasDay && hasTime && /[<(]/.test(words))) return true;
  if (ENDS_WITH_ADDRESS.test(key) && (hasDay || hasTime) && BEGINS_WITH_DATE.test(words)) return ends || quoted;
  return quoted && (ISO_DATE.test(words) || POSTED.test(words)) && words.length <= 100;
}

interface Evidence {
  readonly ends: boolean;
  readonly quoted: boolean;
  readonly hasAddress: boolean;
  readonly hasDay: boolean;
  readonly hasTime: boolean;
}

function announces(form: AttributionLine, words: string, evidence: Evidence): boolean {
  const { ends, quoted, hasAddress, hasDay, hasTime } = evidence;
  const starts = form.starts.some((start) => startsWithWord(words, start));
  if (form.starts.length > 0 && !starts && !(hasAddress || quoted || hasTime || BEGINS_WITH_DATE.test(words)))
    return false;
  const place = form.verbs.reduce((best, verb) => Math.max(best, findPlace(words, verb)), -1);
  if (place === -1) return false;
  const behind = form.verbs.some(
    (verb) => findPlace(words, verb) !== -1 && isOver(words, findPlace(words, verb) + verb.length),
  );
  if (form.nameAfterVerb === true) {
    if (behind) return false;
    if (!ends) return starts && hasDay && hasTime && hasAddress && ENDS_WITH_ADDRESS.test(words);
    return hasAddress || (hasTime && (starts || hasDay)) || (quoted && (starts ? hasDay || /\d/.test(words) : hasDay));
  }
  // `X <x@y> kirjoitti 6.3.2026 kello 16.02:` has the date behind.
  if (place === 0) return false;
  if (!behind)
    return (
      ends &&
      hasAddress &&
      holdsAddress(words.slice(0, place)) &&
      (DAY.test(words.slice(place)) || TIME.test(words.slice(place)))
    );
  if (hasAddress && (ends || quoted || hasTime || hasDay)) return true;
  if (hasTime && (ends || quoted) && (starts || hasDay)) return true;
  if ((starts || BEGINS_WITH_DATE.test(words)) && hasDay && (ends || quoted)) return true;
  if (!ends) return quoted && starts && /\d/.test(words);
  // Who quotes a clause or somebody's letter announces it himself; programs begin with a name.
  if (OWN_WORDS.test(words)) return false;
  return quoted || (/ via /.test(words) && words.length <= 120);
}

const OWN_WORDS =
  /^(?:the|this|that|it|your|our|my|his|her|their|as|der|die|das|dies|ihr|ihre|euer|eure|unser|unsere|mein|meine|votre|vos|notre|nos|mon|ma|mes|su|sus|nuestr[oa]|mi|il|lo|nostr[oa]|vostr[oa]|het|een|uw|onze|mijn|vår|er|din|min|vores)\s/u;

/** Index of a verb that stands alone in the words (in scripts with spaces), its last place; -1 without one. */
function findPlace(words: string, verb: string): number {
  const at = words.lastIndexOf(verb);
  if (at < 0) return -1;
  const before = words.charAt(at - 1);
  const after = words.charAt(at + verb.length);
  if (!/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}]/u.test(verb)) {
    if (WORDS_OF_ALPHABETS.test(before)) return -1;
    if (WORDS_OF_ALPHABETS.test(after)) return -1;
  }
  return at;
}

/** Whether nothing but a gender's ending, a bracket or an address in brackets comes behind the verb. */
function isOver(words: string, from: number): boolean {
  const rest = words.slice(from).trim();
  return (
    rest === "" ||
    /^(?:\(?[-/]?\p{L}{1,4}\)|\/\p{L}{1,3}|[.,;\])"'»”-]{1,3}|하였습니다|\(a\)|følgende|följande|le|this)$/u.test(rest)
  );
}

function startsWithWord(words: string, start: string): boolean {
  if (!words.startsWith(start)) return false;
  // Scripts without spaces, and prefixes (`ב-6`), go on at once.
  return (
    /[\s,]/.test(words.charAt(start.length)) || !/[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]$/u.test(start)
  );
}

function beginsWithStart(words: string): boolean {
  return ATTRIBUTION_LINES.some((form) => form.starts.some((start) => startsWithWord(words, start)));
}

/** Without the rules and brackets that programs put around: `---- On … wrote ----`, `[On … wrote:]`. */
function bare(key: string): string {
  return key.replace(/^[\s<>\-–—_=~|[(]{1,40}/, "").replace(/[\s\-–—_=~\])]{1,40}$/, "");
}
