import { headerBlockAt, isHeaderField, isSenderField } from "./find-header-block.ts";
import { isSeparator, isRule } from "./find-separator.ts";
import { attributionLineEndingAt } from "./find-attribution-line.ts";
import type { Span } from "./find-attribution-line.ts";
import type { Line } from "./lines.ts";

/** Where the quoted messages of a mail are. */
export interface Boundaries {
  /** Attribution lines and headers in front of anything else: the mail begins with what it answers or forwards. */
  readonly lead: Span | null;
  /** First line of the quoted history that nothing new follows; the number of lines where there is none. */
  readonly end: number;
  /** Attribution lines of lines quoted by `>`, above `end`. */
  readonly attributionLines: readonly Span[];
}

/** Blank lines between an attribution line and its quote. */
const GAP = 4;
const MARKED = /^[^\s@]{1,100}@|<[^<>@\s]{1,100}@|\d{1,2}[:.]\d{2}/;

/** Finds them in one pass; each line is looked at with the few around it. */
export function findBoundaries(lines: readonly Line[]): Boundaries {
  const attributionLines: Span[] = [];
  let lead: Span | null = null;
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at]?.kind !== "words") continue;
    const history = historyAt(lines, at);
    const attribution = history === null ? attributionLineEndingAt(lines, at, isQuoted(lines, at)) : null;
    const found = history ?? attribution;
    if (found === null) continue;
    const top = lead === null ? 0 : lead.to + 1;
    if (!hasWords(lines, top, found.from) && attributionLines.length === 0) {
      lead = { from: 0, to: found.to };
      at = found.to;
    } else if (attribution !== null && isQuoted(lines, at)) {
      attributionLines.push(attribution);
    } else if (lead === null || hasWords(lines, top, found.from)) {
      return { lead, end: found.from, attributionLines };
    }
  }
  return { lead, end: lines.length, attributionLines };
}

/** A separator or a header block that begins here, with the rule above it. */
function historyAt(lines: readonly Line[], at: number): Span | null {
  if (isRule(lines[at]) && isSenderField(lines[at + 1]))
    return { from: at, to: headerBlockAt(lines, at + 1) ?? at + 1 };
  const block = headerBlockAt(lines, at);
  if (block === null) return isSeparator(lines, at) ? { from: at, to: at } : null;
  return { from: above(lines, at), to: block };
}

/** Rules, titles and Lotus Notes' unlabelled sender and date belong to the block below them. */
function above(lines: readonly Line[], block: number): number {
  let from = block;
  for (let at = block - 1; at >= 0 && at >= block - 6; at -= 1) {
    const line = lines[at] as Line;
    if (line.kind === "blank") continue;
    if (isRule(line) || isSeparator(lines, at)) return at;
    if (!isNotesSender(lines, block, line) && !isFoxmailSender(lines, block, line)) return from;
    from = at;
  }
  return from;
}

/** Notes: the block begins with `To` or `Subject`; above it stand the sender's address and a date, each on a line. */
function isNotesSender(lines: readonly Line[], block: number, line: Line): boolean {
  if (!/^(?:to|an|cc|subject|betreff|objet|asunto|oggetto)\b/.test(lines[block]?.key ?? "")) return false;
  return line.kind === "words" && line.key.length <= 100 && MARKED.test(line.key) && !isHeaderField(line);
}

/** Foxmail writes the sender's own address above the block. */
function isFoxmailSender(lines: readonly Line[], block: number, line: Line): boolean {
  return /^\p{Script=Han}/u.test(lines[block]?.key ?? "") && /^[^\s@<>]{1,64}@[^\s@<>]{1,190}$/.test(line.key);
}

/** Whether the next line that is not blank is quoted. */
function isQuoted(lines: readonly Line[], at: number): boolean {
  for (let next = at + 1; next <= at + GAP; next += 1) {
    const kind = lines[next]?.kind;
    if (kind !== "blank") return kind === "quoted";
  }
  return false;
}

function hasWords(lines: readonly Line[], from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (lines[at]?.kind !== "blank") return true;
  return false;
}
