import { decodeDeclared } from "../charset/charset.ts";
import { cleanText } from "../charset/clean-text.ts";
import { decodeWords } from "./encoded-words.ts";

/** A Content-Type or Content-Disposition value: the word in front, lower-case, and the parameters, names lower-case. */
export interface Structured {
  readonly value: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Sections of a continued parameter (RFC 2231 3) that are read: a name of 900 pieces is an attack. */
const MAX_SECTIONS = 200;
const MAX_PARAMETERS = 500;

/**
 * Reads a value with parameters (RFC 2045 5.1, RFC 2231). The first of two equal names counts; of `name` and `name*` the
 * extended one. Continuations are joined by number, whatever their order; percent-encoding without a charset is UTF-8 (else
 * Latin-1). Encoded words inside plain parameters are decoded, since most mailers write them (RFC 2047 5 forbids it);
 * an extended parameter is decoded once. Never throws.
 */
export function readStructured(value: string | null): Structured {
  const [head = "", ...rest] = split(value ?? "");
  const plain = new Map<string, string>();
  const extended = new Map<string, Map<number, { text: string; encoded: boolean }>>();
  for (const [name, text] of rest.slice(0, MAX_PARAMETERS).map(nameAndValue)) {
    const found = /^([^*]+)(?:\*(\d{1,3}))?(\*)?$/.exec(name);
    if (found === null) continue;
    const [, base, section, star] = found as unknown as [string, string, string | undefined, string | undefined];
    if (section === undefined && star === undefined) {
      if (!plain.has(base)) plain.set(base, text);
      continue;
    }
    const sections = extended.get(base) ?? new Map<number, { text: string; encoded: boolean }>();
    const number = Number(section ?? 0);
    if (!sections.has(number) && number < MAX_SECTIONS) sections.set(number, { text, encoded: star !== undefined });
    extended.set(base, sections);
  }
  const params: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, text] of plain) params[name] = name === "boundary" ? text : decodeWords(text);
  for (const [name, sections] of extended) params[name] = joinSections(sections);
  return { value: decodeWords(head).trim().toLowerCase(), params };
}

/** The name of a file: the disposition's before the type's (RFC 2183 2.3); null when neither says one. */
export function getFilename(disposition: Structured, type: Structured): string | null {
  return (
    disposition.params["filename"] ||
    type.params["name"] ||
    disposition.params["name"] ||
    type.params["filename"] ||
    null
  );
}

function joinSections(sections: ReadonlyMap<number, { text: string; encoded: boolean }>): string {
  const ordered = [...sections].toSorted(([one], [other]) => one - other).map(([, section]) => section);
  const first = ordered[0] as { text: string; encoded: boolean };
  const prefix = first.encoded ? /^([^']{0,75})'[^']{0,75}'/.exec(first.text) : null;
  const charset = prefix?.[1] ?? "";
  const bytes = ordered.map(({ text, encoded }, index) => {
    const own = index === 0 && prefix !== null ? text.slice(prefix[0].length) : text;
    return encoded ? percentDecoded(own) : Buffer.from(own, "utf8");
  });
  if (ordered.some(({ encoded }) => encoded)) return cleanText(decodeDeclared(Buffer.concat(bytes), charset).text);
  return decodeWords(Buffer.concat(bytes).toString("utf8"));
}

function percentDecoded(text: string): Buffer {
  const pieces = text.split(/(%[0-9A-Fa-f]{2})/);
  return Buffer.concat(
    pieces.map((piece, index) => (index % 2 === 1 ? Buffer.from(piece.slice(1), "hex") : Buffer.from(piece, "utf8"))),
  );
}

function nameAndValue(parameter: string): [string, string] {
  const at = parameter.indexOf("=");
  if (at === -1) return [parameter.trim().toLowerCase(), ""];
  return [parameter.slice(0, at).trim().toLowerCase(), parameter.slice(at + 1)];
}

/**
 * Cuts at `;` outside of quoted strings and comments; quotes and comments are taken away. A quote that never closes is
 * an ordinary character, and a `(` inside a token belongs to it: `filename=Invoice(1).pdf`.
 */
function split(value: string): string[] {
  // Most values have neither quotes nor comments.
  if (!/["(]/.test(value)) return value.split(";").map((part) => part.trim().replace(/^([^=]*=)\s+/, "$1"));
  const parts: string[] = [];
  let part = "";
  // Blanks at either end of a part are no part of it, those inside of quotes are.
  let length = 0;
  let last = "";
  // What does not close once is not looked for again: a run of openings would be read to its end for each of them.
  const unclosed = new Set<string>();
  for (let at = 0; at <= value.length; at++) {
    const char = value[at] ?? ";";
    const opens = (char === '"' && (last === "=" || isBlank(last))) || (char === "(" && isBlank(last));
    const end = opens && !unclosed.has(char) ? closing(value, at, char === "(" ? ")" : '"') : -1;
    if (end !== -1 && char === '"') {
      part += unescaped(value.slice(at + 1, end));
      length = part.length;
      at = end;
    } else if (end !== -1 && (value[end + 1] === ";" || isBlank(value[end + 1] ?? ""))) at = end;
    else if (char === ";") {
      parts.push(part.slice(0, length));
      part = "";
      length = 0;
    } else if (!isBlank(char)) {
      if (char !== '"' || !opens) part += char;
      length = part.length;
    } else if (length > 0 && !(last === "=" && part.indexOf("=") === part.length - 1)) part += char;
    if (opens && end === -1) unclosed.add(char);
    last = char === ";" ? "" : isBlank(char) && last === "=" ? "=" : char;
  }
  return parts;
}

/** White space, or nothing. */
function isBlank(char: string): boolean {
  return char === " " || char === "" || ((char < "!" || char > "~") && /\s/.test(char));
}

/** Index of the closing character, backslash pairs skipped, comments nested; -1 when there is none. */
function closing(value: string, from: number, close: '"' | ")"): number {
  let depth = 0;
  for (let at = from + 1; at < value.length; at++) {
    const char = value[at];
    if (char === "\\") at += 1;
    else if (close === ")" && char === "(") depth += 1;
    else if (char === close && depth-- === 0) return at;
  }
  return -1;
}

/** Backslash pairs (RFC 5322 3.2.1), except in what is plainly a Windows path. */
function unescaped(text: string): string {
  return /^(?:[A-Za-z]:\\|\\\\)/.test(text) ? text : text.replace(/\\(["\\])/g, "$1");
}
