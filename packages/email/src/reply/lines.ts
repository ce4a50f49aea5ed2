/** What one line of a mail is, as far as the line itself tells. */
export type Kind = "blank" | "quoted" | "words";

export interface Line {
  /** As written. */
  readonly text: string;
  /** Lower case, without marks of direction, emphasis and repeated white space; empty where it is too long to be a header. */
  readonly key: string;
  readonly kind: Kind;
  /** Between code fences: never a rule, a header or a signature. */
  readonly code: boolean;
}

/** Longer lines are paragraphs, never a header, a separator or a signature. */
export const LONGEST_HEADER = 400;
const DIRECTION = /[\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;
/** `>`, `|` and the initials of supercite (`AB> `). */
const QUOTED = /^[ \t\u00A0]{0,8}(?:>|&gt;|[A-Za-z]{1,3}>|\|(?:[ \t]|$)(?!.*\|[ \t]*$))/;
const FENCE = /^\s{0,3}```/;
const LONGEST_FENCE = 400;

/** Programs that lose a line end put the attribution line behind the last words: `Thanks On Wed, …, x@y wrote:`. */
const SHARED =
  /^(.{0,300}?[^\s-])[\s-]{1,6}((?:On|Am|Le|El|Il|Em|Op|Den)\s(?:\p{L}{2,10}[.,]{0,2}\s)?(?:\p{L}{3,9}\s)?\d.{8,200}\s(?:wrote|schrieb|écrit|escribió|scritto|escreveu|schreef|skrev)[^:]{0,100}:)$/u;

const OPEN_BRACKET = /<[^<>\s]{1,200}@[^<>\s]{0,200}\s?$/;
const CLOSING_BRACKET = /^[ \t]{0,8}>{1,2}\)?(?:[ \t][\p{L}\p{M}()/' ]{1,40})?\s?[:：]?\s{0,3}$/u;

/** Lines of a text with what each is. Between code fences all are words. Linear: one look at each line. */
export function readLines(text: string): Line[] {
  const written = text.split("\n").flatMap((line, index, all) => unshared(line, all[index + 1] ?? ""));
  const coded = codeLines(written);
  let open = false;
  return written.map((line, index) => {
    if (coded.has(index)) return { text: line, key: "", kind: "words", code: true };
    if (line.trim() === "") return { text: line, key: "", kind: "blank", code: false };
    // `… <ann@in.example` above `>:` or `> wrote:`: the bracket was wrapped, and is no quote.
    const closes = open && CLOSING_BRACKET.test(line);
    open = line.length <= LONGEST_HEADER && line.includes("@") && OPEN_BRACKET.test(line);
    // `>From here on`: a mailbox file escapes the word at the start of a line (RFC 4155).
    const escaped =
      line.startsWith(">From ") && ![written[index - 1], written[index + 1]].some((near) => near?.startsWith(">"));
    const kind =
      !closes && !escaped && QUOTED.test(line) && !/^\s{0,8}\|?>{1,3}[^>]{1,200}<{2,}\s*$/.test(line.slice(0, 260))
        ? "quoted"
        : "words";
    return { text: line, key: line.length > LONGEST_HEADER ? "" : toKey(line), kind, code: false };
  });
}

function unshared(line: string, next: string): string[] {
  if (line.length > LONGEST_HEADER || !line.endsWith(":") || !QUOTED.test(next)) return [line];
  const match = SHARED.exec(line);
  return match === null ? [line] : [match[1] as string, match[2] as string];
}

/** How a line is compared: lower case, one space between words, no marks of direction or emphasis. */
export function toKey(line: string): string {
  // Most lines are words with one blank between them.
  if (!/[^ -~]|\*| {2}/.test(line)) return line.trim().toLowerCase();
  return line
    .replace(DIRECTION, "")
    .replace(/\*+/g, " ")
    .replace(/[\s\u00A0\u202F]+/g, " ")
    .trim()
    .toLowerCase();
}

/** Lines between two fences of markdown that stand close; a fence without its end opens nothing. */
function codeLines(lines: readonly string[]): Set<number> {
  const coded = new Set<number>();
  let opened = -1;
  lines.forEach((line, index) => {
    if (!FENCE.test(line)) return;
    if (opened === -1 || index - opened > LONGEST_FENCE) {
      opened = index;
      return;
    }
    for (let at = opened; at <= index; at += 1) coded.add(at);
    opened = -1;
  });
  return coded;
}
