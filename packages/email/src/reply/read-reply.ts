import { findBoundaries } from "./boundaries.ts";
import { headerBlockAt, isHeaderField } from "./find-header-block.ts";
import { isSeparator } from "./find-separator.ts";
import { readLines } from "./lines.ts";
import type { Line } from "./lines.ts";
import { newRuns, findRuns } from "./runs.ts";
import type { Run } from "./runs.ts";
import { delimitedSignature, findDisclaimer, mobileSignatures, undelimitedSignature } from "./signature-block.ts";
import type { Part, Sender } from "./signature-block.ts";
import { withoutPgpArmor } from "./pgp-armor.ts";

/** What one text is made of. */
export interface Reply {
  /** The new words; empty where there are none. */
  readonly words: string;
  /** Lines of the sender's signature, without delimiter. */
  readonly signature: readonly string[];
  /** Whether any quote, attribution line or header of a quoted message was found. */
  readonly quotes: boolean;
}

/**
 * Reads a reply (UN5). `text` has line ends LF; `sender` is From, by which a signature without delimiter is
 * known. Linear in the text: each line is looked at with a bounded number around it.
 */
export function readReply(text: string, sender: Sender): Reply {
  const lines = readLines(withoutPgpArmor(text));
  const { lead, end, attributionLines } = findBoundaries(lines);
  const own: Part = { from: lead === null ? 0 : lead.to + 1, to: end };
  const quotes = lead !== null || end < lines.length || lines.some((line) => line.kind === "quoted");
  const removed = new Set<number>();
  const signature: string[] = [];
  const remove = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) {
      if (removed.has(at) || lines[at]?.kind === "blank") continue;
      removed.add(at);
      signature.push((lines[at] as Line).text.trim());
    }
  };
  const parts = findRuns(lines, own, attributionLines, removed).filter((run) => run.kind === "words");
  for (const part of parts) {
    for (const at of mobileSignatures(lines, part)) remove(at, at + 1);
    const from = delimitedSignature(lines, part);
    if (from !== -1) remove(from, part.to);
  }
  const kept = newRuns(lines, findRuns(lines, own, attributionLines, removed), lead !== null);
  const last = kept.at(-1);
  if (last?.kind === "words") {
    const disclaimer = findDisclaimer(lines, last);
    const to = disclaimer === -1 ? last.to : disclaimer;
    const from = undelimitedSignature(lines, { from: last.from, to }, sender);
    remove(from === -1 ? to : from, last.to);
  }
  const words = getWords(
    lines,
    kept,
    removed,
    attributionLines.flatMap(({ from, to }) => range(from, to + 1)),
  );
  return { words: words === "" ? forwarded(lines, removed) : words, signature, quotes };
}

/** From the first run's first line to the last run's last, as written, without what was removed. */
function getWords(
  lines: readonly Line[],
  runs: readonly Run[],
  removed: ReadonlySet<number>,
  headers: readonly number[],
): string {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return "";
  const gone = new Set([...removed, ...headers]);
  return trimmed(lines.slice(first.from, last.to).filter((_line, index) => !gone.has(first.from + index)));
}

/** A forward without a word of its own says what was forwarded, without its header. */
function forwarded(lines: readonly Line[], removed: ReadonlySet<number>): string {
  const kept = lines.filter((_line, at) => !removed.has(at));
  const bare = readLines(
    (kept.length === 0 ? lines : kept).map((line) => line.text.replace(/^\s{0,3}> ?/, "")).join("\n"),
  );
  let from = 0;
  while (from < bare.length && (bare[from]?.kind === "blank" || isSeparator(bare, from) || isHeaderField(bare[from]))) {
    from = (headerBlockAt(bare, from) ?? from) + 1;
  }
  return trimmed(bare.slice(from)) || trimmed(lines);
}

function trimmed(lines: readonly Line[]): string {
  return lines
    .map((line) => line.text)
    .join("\n")
    .trim();
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
