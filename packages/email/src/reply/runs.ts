import { ANSWERS_BELOW, GREETINGS } from "./words.ts";
import type { Span } from "./find-attribution-line.ts";
import type { Line } from "./lines.ts";
import { isDisclaimer } from "./signature-block.ts";

/** Lines of one kind in a row, blank lines among and behind them; `from` up to, not including, `to`. */
export interface Run {
  readonly kind: "words" | "quoted";
  readonly from: number;
  readonly to: number;
  /** The attribution line in front of a quote. */
  readonly attribution: Span | null;
}

/** A quoted line at least this long may have been wrapped by a program that did not mark the rest. */
const WRAPPED = 55;
/** More lines than this below the quote are an answer, fewer a signature, where a top-posting program wrote the quote. */
const TAIL_LINES = 7;

/** Parts the lines into runs. `removed` lines (signatures) count as blank. */
export function findRuns(
  lines: readonly Line[],
  part: { readonly from: number; readonly to: number },
  attributionLines: readonly Span[],
  removed: ReadonlySet<number>,
): Run[] {
  const starts = new Map(attributionLines.map((span) => [span.from, span]));
  const runs: Run[] = [];
  let attribution: Span | null = null;
  for (let at = part.from; at < part.to; at += 1) {
    const found = starts.get(at);
    if (found !== undefined) {
      attribution = found;
      at = found.to;
      continue;
    }
    const line = lines[at] as Line;
    const last = runs.at(-1);
    if (line.kind === "blank" || removed.has(at)) continue;
    const kind = isWrappedQuote(lines, at) ? "quoted" : line.kind === "quoted" ? "quoted" : "words";
    if (last?.kind === kind && attribution === null) runs[runs.length - 1] = { ...last, to: at + 1 };
    else runs.push({ kind, from: at, to: at + 1, attribution: kind === "quoted" ? attribution : null });
    attribution = null;
  }
  return runs;
}

/**
 * The runs that are new: quotes below the answer go, and a quote above the only answer; quotes that answers stand
 * between stay, so that the answers can be understood (as GitHub's, Discourse's and Crisp's parsers do). Without words,
 * none. `led`: an attribution line stood in front of everything.
 */
export function newRuns(lines: readonly Line[], all: readonly Run[], led: boolean): readonly Run[] {
  const end = all.findLastIndex((run) => run.kind === "words");
  const runs = all.slice(0, end + 1);
  const quotes = runs.filter((run) => run.kind === "quoted");
  const [first, second, third] = runs;
  if (
    quotes.length === 1 &&
    first?.kind === "quoted" &&
    (led || first.attribution !== null) &&
    all.length === runs.length
  ) {
    return runs.slice(1);
  }
  const between = runs.length === 3 && first?.kind === "words" && second?.kind === "quoted" ? second.attribution : null;
  if (between === null || second === undefined || third === undefined || first === undefined) return runs;
  // Gmail and Apple Mail leave a line blank between attribution line and quote, and their people write above it.
  const topPosted = lines[between.to + 1]?.kind === "blank";
  const tail = lines.slice(third.from, third.to).filter((line) => line.kind !== "blank").length;
  const answers = opensAnswers(lines, first) || goesOnBelow(lines, third);
  return topPosted && tail < TAIL_LINES && !answers ? [first] : runs;
}

/** Words of a quote that lost their mark when a program wrapped the line: alone between two quoted lines. */
function isWrappedQuote(lines: readonly Line[], at: number): boolean {
  const line = lines[at] as Line;
  if (line.kind !== "words" || lines[at + 1]?.kind !== "quoted" || lines[at - 1]?.kind !== "quoted") return false;
  const before = (lines[at - 1] as Line).text.trimEnd();
  if (before.length < WRAPPED || /[.!?:;]$/.test(before)) return false;
  return line.text.length < before.length && /^[\p{Ll}\d(<"'[/,.;)]/u.test(line.text.trim());
}

/** A postscript, or a sentence that is no line of a signature. */
const POSTSCRIPT = /^(?:p\.?\s?p?\.?s\.?|nb|n\.b\.|nachtrag)\s{0,2}[:.\-–]?\s\S/iu;
const SENTENCE = /^(?=.{0,200}(?:^|\s)\p{Ll}{2,}[\s,.!?])(?=\S{1,40}\s).{5,}[.!?…]$|^.{3,}[。！？]$/u;
const ABBREVIATION = /(?:\b\p{L}|\b(?:inc|ltd|co|corp|bros|st|str|tel|ext|dept|univ|dr|jr|sr|etc))\.$/iu;

/** Whether somebody goes on below a quote, in place of a signature or a server's disclaimer. */
function goesOnBelow(lines: readonly Line[], run: Run): boolean {
  for (let at = run.from; at < run.to; at += 1) {
    const { kind, text } = lines[at] as Line;
    if (kind !== "words") continue;
    if (lines[at - 1]?.kind !== "words" && isDisclaimer(lines, at, run.to)) return false;
    const said = text.trim();
    if (said.length <= 400 && (POSTSCRIPT.test(said) || (SENTENCE.test(said) && !ABBREVIATION.test(said)))) return true;
  }
  return false;
}

/** Above the quote stands only a greeting, or that answers follow. */
function opensAnswers(lines: readonly Line[], run: Run): boolean {
  const words = lines.slice(run.from, run.to).filter((line) => line.kind !== "blank");
  if (words.length > 3) return false;
  const text = words.map((line) => line.key).join(" ");
  if (text.length > 200) return false;
  if (ANSWERS_BELOW.some((hint) => isWithin(text, hint))) return true;
  return words.length === 1 && text.length <= 60 && GREETINGS.some((greeting) => isWithin(text, greeting, 0));
}

/** Whether the words are in the text, as words where the script has spaces; `at`: only at that index. */
function isWithin(text: string, words: string, at = text.indexOf(words)): boolean {
  if (at === -1 || !text.startsWith(words, at)) return false;
  if (!/\p{Script=Latin}|\p{Script=Cyrillic}|\p{Script=Greek}/u.test(words)) return true;
  return !/[\p{L}\d]/u.test(text.charAt(at - 1)) && !/[\p{L}\d]/u.test(text.charAt(at + words.length));
}
