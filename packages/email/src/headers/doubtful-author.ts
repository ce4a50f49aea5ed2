import { commentEnd, quoteEnd } from "./address-delimiters.ts";
import { readAddressList } from "./address-list.ts";
import { MAX_FIELD_CHARS } from "./addresses.ts";

/** Whether readers of this From field differ on whose address it names. Looks at what broken fields have in common; linear. */
export function isDoubtful(value: string): boolean {
  if (value.length > MAX_FIELD_CHARS || hasBlankInDomain(value) || hasDoubtfulMarks(value)) return true;
  if (!value.includes("=?")) return false;
  if (BRACKET_IN_WORD.test(value)) return true;
  // Mail servers look for addresses before they decode a name, and may find one in it.
  if (!value.includes("<") && value.split(/\s/).some(hasEncodedAddress)) return true;
  const [opaque, plain] = [true, false].map((opaqueWords) =>
    readAddressList(value, { opaqueWords }).map(({ address }) => address),
  );
  return opaque?.join("\n") !== plain?.join("\n");
}

/** A bracket inside of an encoded word (RFC 2047 5 allows none in a name): one reader looks for it before it decodes. */
const BRACKET_IN_WORD = /=\?[^\s?]{1,80}\?[bq]\?[^\s?]*[<>]/i;

function hasEncodedAddress(word: string): boolean {
  const start = word.indexOf("=?");
  return start !== -1 && word.lastIndexOf("@") > start;
}

/** `a@bank .example`: one reader joins what the other cuts. */
function hasBlankInDomain(value: string): boolean {
  return value.includes("@") && /@[^@\s"(<>,;]*(?:\s+\.|\.\s+[^\s"(<>,;])/.test(value);
}

/** Quotes, comments and brackets that do not close, second ones, and what stands beside an address without belonging to it. */
function hasDoubtfulMarks(value: string): boolean {
  const several = value.indexOf("@") !== value.lastIndexOf("@");
  /** Whether the entry that is read has an `@`, and a bracket behind it. */
  let [named, closed] = [false, false];
  /** How many addresses it has without a bracket: of several words one reader takes the first, another the last. */
  let bare = 0;
  /** Marks of which no further one closes: each is looked for once. */
  const open = new Set<string>();
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string;
    if (char === "," || char === ";") {
      if (bare > 1 && !closed) return true;
      [named, closed, bare] = [false, false, 0];
    } else if (char === '"' || char === "(") {
      const end = open.has(char) ? -1 : char === '"' ? quoteEnd(value, at) : commentEnd(value, at);
      if (several && (end === -1 || (closed && char === '"'))) return true;
      if (end === -1 && named) return true;
      if (end === -1) {
        open.add(char);
        continue;
      }
      // Not every reader knows that `\\)` ends no comment.
      if (char === "(" && several && value.slice(at, end).includes("\\")) return true;
      if (char === "(" && named && !closed && !/^[\s,;<]?$/.test(value[end + 1] ?? "")) return true;
      named ||= char === '"' && value.slice(at, end).includes("@");
      at = end;
    } else if (char === "<") {
      const end = bracketEnd(value, at);
      if (several && (closed || end === -1)) return true;
      const inside = value.slice(at + 1, end === -1 ? undefined : end);
      if (named && inside.trim() !== "" && !inside.includes("@")) return true;
      if (end === -1) return false;
      [named, closed] = [true, true];
      at = end;
    } else if (char === ":") {
      if (named) return true;
    } else if (several && (char === ">" || char === "\\" || (closed && !/\s/.test(char)))) return true;
    else if (char === "@") [named, bare] = [true, bare + 1];
  }
  return bare > 1 && !closed;
}

/** Index of the `>` of the bracket at `from`, or the value's end where it is left out there; -1 when another reading is possible. */
function bracketEnd(value: string, from: number): number {
  const route = value
    .slice(from + 1, from + 100)
    .trimStart()
    .startsWith("@");
  for (let at = from + 1; at < value.length; at++) {
    const char = value[at] as string;
    if (char === '"' || char === "(") {
      const close = char === '"' ? quoteEnd(value, at) : commentEnd(value, at);
      if (close === -1) return -1;
      const within = value.slice(at, close);
      if (within.includes("@") && (char === "(" || /[<>,;]/.test(within))) return -1;
      at = close;
    } else if (char === ">") return at;
    else if (char === "<" || char === ";" || (/[,:]/.test(char) && !route && !isMailto(value, from, at))) return -1;
  }
  return value.length;
}

function isMailto(value: string, from: number, colon: number): boolean {
  return (
    value
      .slice(from + 1, colon)
      .trim()
      .toLowerCase() === "mailto"
  );
}
