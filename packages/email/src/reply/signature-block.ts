import { CLOSINGS } from "./words.ts";
import { DISCLAIMER_STARTS, MESSAGE_WORDS, SECRET_WORDS } from "./disclaimers.ts";
import type { Line } from "./lines.ts";
import { isMobileSignature } from "./mobile-lines.ts";

/** A part of a mail: lines `from` up to, not including, `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** Who wrote, as From names him. */
export type Sender = { readonly name: string | null; readonly email: string } | null;

const CLOSING_WORDS: ReadonlySet<string> = new Set(Object.values(CLOSINGS).flat());
/** RFC 3676, 4.3; mail that is trimmed on its way loses the space. */
const DELIMITER = /^\s{0,2}(?:--|—|–|ᐧ)\s{0,3}$/;
const RULE = /^\s{0,4}(?:[-–—]{3,}|_{2,}|={3,}|\*{3,}|~{2,}|#{3,}|\+{2,}|,{3,})\s{0,4}$/;
/** A rule with more below it parts a letter; a signature has a few lines. */
const SIGNATURE_LINES = 12;
const DELIMITED_LINES = 30;
const SENTENCE = /^.{45,}[.!?…。！？]["')]?$/u;
const CONTACT =
  /[^\s@]{1,64}@[^\s@]{1,190}\.[a-z]|\b(?:https?:\/\/|www\.)\S|\+\d[\d ()./-]{6,}|\b0\d[\d ()./-]{6,}\d|\(\d{2,4}\)\s?\d{3}|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b|^(?:tel|telefon|phone|mobile?|mobil|cell|fax|gsm|direct|office|e-?mail|web|website|skype|linkedin|twitter|téléphone|tél|móvil|teléfono|telefono|telefone|celular|telefoon|telefoni|puh|тел|телефон|τηλ|電話|电话|手机|전화)\b\.?\s?[:.]?\s?[+(\d]/iu;
const ROLE =
  /\b(?:ceo|cto|cfo|coo|head of|manager|director|engineer|developer|consultant|founder|owner|president|sales|marketing|support|team|inc|ltd|llc|gmbh|ag|kg|s\.?a\.?r\.?l|b\.?v|s\.?r\.?l|oy|ab|aps|sp\. z o\.o|leiter|geschäftsführer|directeur|responsable|director[ae]?|gerente|responsabile|directeur|adviseur|kierownik|chef|pvt|corp|company|university|universität)\b/iu;

/** Lines that a mail program appended (`Sent from my iPhone`): alone in a paragraph or at its end. */
export function mobileSignatures(lines: readonly Line[], part: Part): number[] {
  const found: number[] = [];
  for (let at = part.from; at < part.to; at += 1) {
    const line = lines[at] as Line;
    if (line.kind !== "words" || line.key === "" || !isMobileSignature(line.key)) continue;
    const alone =
      at === part.from ||
      lines[at - 1]?.kind !== "words" ||
      found.at(-1) === at - 1 ||
      isDelimiter(lines[at - 1]) ||
      isLink(lines[at - 1]);
    if (!alone && nextWords(lines, at + 1, part.to) !== -1 && nextWords(lines, at + 1, at + 2) !== -1) continue;
    if (at > part.from && isLink(lines[at - 1])) found.push(at - 1);
    found.push(at);
    if (at + 1 < part.to && isLink(lines[at + 1])) found.push((at += 1));
  }
  return found;
}

/** First line of a signature that a delimiter opens, or -1. */
export function delimitedSignature(lines: readonly Line[], part: Part): number {
  let last = -1;
  let before = -1;
  for (let at = part.from; at < part.to; at += 1) {
    const line = lines[at] as Line;
    if (line.kind !== "words" || line.code || line.text.length > 300) continue;
    if (isDelimiter(line) && countWords(lines, at + 1, part.to) <= DELIMITED_LINES) return at;
    if (!RULE.test(line.text)) continue;
    before = last;
    last = at;
  }
  if (last === -1) return -1;
  const below = written(lines, last + 1, part.to);
  if (below.length === 0) {
    // Between two rules, as Japanese signatures are.
    const between = before === -1 ? [] : written(lines, before + 1, last);
    return between.length <= SIGNATURE_LINES && between.some(isContact) && !isLetter(between) ? before : last;
  }
  return below.length <= SIGNATURE_LINES && !isLetter(below) ? last : -1;
}

/**
 * First line of a signature that nothing delimits, or -1: closing words, a name, and below it how to reach the sender or
 * what he is; or the sender's name with such lines. A bare `Thanks, Bob` is what he typed.
 */
export function undelimitedSignature(lines: readonly Line[], part: Part, sender: Sender): number {
  const own = (sender?.name ?? "").toLowerCase().trim();
  for (let at = part.to - 1, seen = 0; at >= part.from && seen <= SIGNATURE_LINES; at -= 1) {
    const line = lines[at] as Line;
    if (line.kind === "blank") continue;
    seen += 1;
    const below = written(lines, at + 1, part.to);
    if (isClosing(line.key) && at > firstWords(lines, part)) return isSignature(below) ? at : -1;
    if (own.includes(" ") && line.key.startsWith(own) && line.key.length <= own.length + 30) {
      if (at > firstWords(lines, part) && below.some(isContact) && !isLetter(below))
        return closingAbove(lines, at, part);
    }
    if (SENTENCE.test(line.key) && !isContact(line)) break;
  }
  return contactBlock(lines, part, sender);
}

/** Lines of a contact block: name, role, company, and how to reach him. */
const BLOCK = { least: 3, most: 9, longest: 80 };
const TITLES = /,?\s{1,3}(?:ph\.?\s?d|m\.?d|mba|msc|bsc|ll\.?m|esq|jr|sr|cpa|pmp|dipl\.?-?ing)\b\.?/giu;
const NAME =
  /^(?:(?:dr|prof|ing|mr|mrs|ms|herr|frau|dipl)\.?[\s-]{1,2}){0,3}\p{Lu}[\p{L}.'’-]{0,30}(?:\s(?:\p{Lu}[\p{L}.'’-]{0,30}|de|van|von|der|den|da|di|la|al|bin|dos|del)){1,4}$/iu;

/**
 * First line of the last paragraph where it is the sender's card and has no closing words above: his name, short lines, and how to reach him. The
 * card of somebody else (`Please call:`) is no signature: the name or an address must be the sender's.
 */
function contactBlock(lines: readonly Line[], part: Part, sender: Sender): number {
  let to = part.to;
  while (to > part.from && lines[to - 1]?.kind === "blank") to -= 1;
  let from = to;
  while (from > part.from && to - from <= BLOCK.most && lines[from - 1]?.kind === "words") from -= 1;
  const block = lines.slice(from, to);
  if (block.length < BLOCK.least || block.length > BLOCK.most || from <= firstWords(lines, part)) return -1;
  if (
    block.some(({ text, code, key }) => code || key === "" || text.length > BLOCK.longest || text.trim().endsWith("?"))
  )
    return -1;
  if (isLetter(block) || !block.slice(1).some((line) => isContact(line) || ROLE.test(line.key))) return -1;
  const above = lastWords(lines, part.from, from);
  if (/[:：]$/.test(above)) return -1;
  const name = withoutTitles((block[0] as Line).text);
  if (!NAME.test(name)) return -1;
  const all = block.map(({ key }) => key).join("\n");
  const address = sender?.email.toLowerCase() ?? "";
  if (address !== "" && all.includes(address)) return from;
  const known = `${sender?.name ?? ""} ${address.split("@")[0] ?? ""}`.toLowerCase().split(/[^\p{L}\p{M}]+/u);
  const shares = name
    .toLowerCase()
    .split(/[^\p{L}\p{M}]+/u)
    .some((word) => word.length >= 3 && known.includes(word));
  return shares ? from : -1;
}

/** A name without the degrees behind it: `John E. Doe, Ph.D.` */
export function withoutTitles(name: string): string {
  return name.slice(0, 200).replace(TITLES, "").trim();
}

/** The last line that is not blank, as it is compared. */
function lastWords(lines: readonly Line[], from: number, to: number): string {
  for (let at = to - 1; at >= from; at -= 1) if (lines[at]?.kind !== "blank") return lines[at]?.key ?? "";
  return "";
}

/** First line of the disclaimers below the mail (confidentiality, unsubscribing, scanners), or -1. */
export function findDisclaimer(lines: readonly Line[], part: Part): number {
  let found = -1;
  for (let at = part.to - 1, seen = 0; at > part.from && seen < 40; at -= 1) {
    const line = lines[at] as Line;
    if (line.kind === "blank") continue;
    seen += 1;
    const begins = at === part.from || lines[at - 1]?.kind !== "words";
    if (begins && at > firstWords(lines, part) && isDisclaimer(lines, at, part.to)) found = at;
    else if (begins && found === -1) return -1;
  }
  return found;
}

/** Whether the line closes a letter: `Mit freundlichen Grüßen`. */
export function isClosing(key: string): boolean {
  if (key.length > 60 || key === "") return false;
  const words = key.replace(/[\s,.;:!…~！。，、\p{Extended_Pictographic}\uFE0F-]{1,12}$/u, "");
  return (
    CLOSING_WORDS.has(words) || words.split(/\s?[/|,&]\s?|\s(?:und|and)\s/).every((part) => CLOSING_WORDS.has(part))
  );
}

function isDelimiter(line: Line | undefined): boolean {
  return line !== undefined && line.kind === "words" && DELIMITER.test(line.text);
}

function isSignature(below: readonly Line[]): boolean {
  if (below.length < 2 || below.length > SIGNATURE_LINES || isLetter(below)) return false;
  return below.some(isContact) || (below.length <= 4 && below.slice(1).some((line) => ROLE.test(line.key)));
}

/** Sentences, or a letter that goes on to closing words of its own. */
function isLetter(below: readonly Line[]): boolean {
  const sentences = below.filter(
    (line) => SENTENCE.test(line.text.trim()) && !isContact(line) && !isDisclaimerLine(line.key),
  );
  return sentences.length > 0 || below.some((line, index) => index > 0 && isClosing(line.key));
}

function isLink(line: Line | undefined): boolean {
  return line !== undefined && /^\s{0,8}<?(?:https?:\/\/|www\.)[^\s<>]{1,400}>?\s{0,8}$/.test(line.text);
}

function isContact(line: Line): boolean {
  return line.text.length <= 200 && CONTACT.test(line.text.trim());
}

function closingAbove(lines: readonly Line[], name: number, part: Part): number {
  for (let at = name - 1; at > firstWords(lines, part) && at >= name - 3; at -= 1) {
    const line = lines[at] as Line;
    if (line.kind !== "blank") return isClosing(line.key) ? at : name;
  }
  return name;
}

/** Whether the paragraph that begins here is a disclaimer that a server, list or company adds. */
export function isDisclaimer(lines: readonly Line[], at: number, to: number): boolean {
  let paragraph = "";
  for (let next = at; next < to && lines[next]?.kind === "words" && paragraph.length < 2_000; next += 1) {
    paragraph += ` ${(lines[next] as Line).text.toLowerCase().slice(0, 2_000)}`;
  }
  return isDisclaimerLine(paragraph.replace(/[*_]/g, "").trim());
}

function isDisclaimerLine(words: string): boolean {
  if (DISCLAIMER_STARTS.some((start) => words.startsWith(start))) return true;
  return (
    SECRET_WORDS.some((word) => words.includes(word)) &&
    MESSAGE_WORDS.some((word) => words.includes(word)) &&
    words.length > 80
  );
}

function written(lines: readonly Line[], from: number, to: number): Line[] {
  return lines.slice(from, Math.min(to, from + 200)).filter((line) => line.kind !== "blank");
}

function countWords(lines: readonly Line[], from: number, to: number): number {
  return written(lines, from, to).length;
}

function firstWords(lines: readonly Line[], part: Part): number {
  return nextWords(lines, part.from, part.to);
}

function nextWords(lines: readonly Line[], from: number, to: number): number {
  for (let at = from; at < to; at += 1) if (lines[at]?.kind !== "blank") return at;
  return -1;
}
