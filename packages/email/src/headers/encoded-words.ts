import { decodeDeclared, isStateful } from "../charset/charset.ts";
import { cleanText } from "../charset/clean-text.ts";

/** One encoded word (RFC 2047 2) as it stands in a value. */
export interface EncodedWord {
  readonly charset: string;
  readonly encoding: "b" | "q";
  readonly encoded: string;
  /** Index behind it. */
  readonly end: number;
}

/** Charset, an RFC 2231 language tag with it, and encoding. Blanks around the charset are a known fault. */
const START = /=\?[ \t]{0,3}([^?\s]{0,75})[ \t]{0,3}\?([bq])\?/iy;

/**
 * Decodes the encoded words of a header value (RFC 2047, RFC 2231 5) as real mailers write them: inside quoted strings and
 * glued to text, with blanks, `?` and raw 8-bit inside, without their end, base64 unpadded, characters split between
 * words. Once only: what an encoded word itself contains stays. Text around them is untouched; never throws.
 */
export function decodeWords(text: string): string {
  if (!text.includes("=?")) return text;
  let decoded = "";
  let done = 0;
  let group: EncodedWord[] = [];
  for (let at = text.indexOf("=?"); at !== -1; at = text.indexOf("=?", at)) {
    const word = encodedWordAt(text, at);
    if (word === null) {
      at += 2;
      continue;
    }
    const between = text.slice(done, at);
    // Blanks between encoded words are folding (RFC 2047 6.2).
    if (group.length > 0 && between.trim() !== "") {
      decoded += decodeGroup(group) + between;
      group = [];
    } else if (group.length === 0) decoded += between;
    group.push(word);
    done = at = word.end;
  }
  return cleanText(decoded + decodeGroup(group) + text.slice(done));
}

/** The encoded word that begins at an index; null when none does. Looks no further than the next one. */
export function encodedWordAt(text: string, at: number): EncodedWord | null {
  START.lastIndex = at;
  const found = START.exec(text);
  if (found === null) return null;
  const from = START.lastIndex;
  const encoding = (found[2] as string).toLowerCase() as "b" | "q";
  const charset = found[1] as string;
  const end = findEnd(text, from, encoding);
  if (end !== null) return { charset, encoding, encoded: text.slice(from, end), end: end + 2 };
  // Cut off: as far as it can be one.
  const rest = encoding === "b" ? /[A-Za-z0-9+/]*={0,2}/y : /[^\s?"<>]*/y;
  rest.lastIndex = from;
  const encoded = rest.exec(text)?.[0] ?? "";
  const behind = from + encoded.length;
  return encoded === "" ? null : { charset, encoding, encoded, end: text[behind] === "?" ? behind + 1 : behind };
}

/** Index of the `?=` that ends a word; null when another word begins first or none follows. Goes from `?` to `?`. */
function findEnd(text: string, from: number, encoding: "b" | "q"): number | null {
  for (let mark = text.indexOf("?", from); mark !== -1; mark = text.indexOf("?", mark + 1)) {
    START.lastIndex = mark - 1;
    if (mark > from && START.test(text)) return null;
    if (text[mark + 1] === "=" && !(encoding === "q" && isRawQuestionMark(text, mark))) return mark;
  }
  return null;
}

/** A raw `?` before an escape looks like the end: `Really?=3F?=`. */
function isRawQuestionMark(text: string, mark: number): boolean {
  return /^[0-9A-F]{2}[^\s?]{0,75}\?(?:=(?!\?)|$)/.test(text.slice(mark + 2, mark + 84));
}

/**
 * Words that stand next to each other. Those of one charset are decoded by themselves while that gives whole characters;
 * else, and for charsets with escapes, as one: some mailers cut characters, and base64 quartets, in two.
 */
function decodeGroup(words: readonly EncodedWord[]): string {
  let decoded = "";
  for (let from = 0; from < words.length;) {
    const first = words[from] as EncodedWord;
    let to = from + 1;
    while (to < words.length && sameCharset(words[to] as EncodedWord, first)) to += 1;
    decoded += decodeSame(words.slice(from, to), first.charset);
    from = to;
  }
  return decoded.replace(/[\r\n]+/g, " ");
}

function decodeSame(words: readonly EncodedWord[], charset: string): string {
  const single = words.map((word) => decodePieces(getPieces(word), charset));
  if (words.length > 1 && (isStateful(charset) || single.some(({ whole }) => !whole))) {
    const asOne = decodePieces(joined(words.flatMap(getPieces)), charset);
    if (asOne.whole) return asOne.text;
    const quartets = words.every(({ encoding }) => encoding === "b")
      ? decodePieces([base64(words.map(({ encoded }) => encoded).join(""))], charset)
      : asOne;
    if (quartets.whole) return quartets.text;
  }
  return single.map(({ text }) => text).join("");
}

/** Bytes, and raw characters that were no bytes any more: those stay as they are. */
function getPieces({ encoding, encoded }: EncodedWord): (Buffer | string)[] {
  if (encoding === "b") return [base64(encoded)];
  const pieces: (Buffer | string)[] = [];
  let bytes: number[] = [];
  for (let at = 0; at < encoded.length; at++) {
    const char = encoded[at] as string;
    const escape = char === "=" ? /^[0-9A-Fa-f]{2}/.exec(encoded.slice(at + 1, at + 3))?.[0] : undefined;
    if (char > "\u007F") {
      pieces.push(Buffer.from(bytes), char);
      bytes = [];
    } else bytes.push(escape !== undefined ? Number.parseInt(escape, 16) : char === "_" ? 0x20 : char.charCodeAt(0));
    if (escape !== undefined) at += 2;
  }
  return [...pieces, Buffer.from(bytes)];
}

function decodePieces(pieces: readonly (Buffer | string)[], charset: string): { text: string; whole: boolean } {
  let text = "";
  let whole = true;
  for (const piece of pieces) {
    const decoded = typeof piece === "string" ? null : decodeDeclared(piece, charset);
    text += decoded?.text ?? (piece as string);
    if (decoded !== null && (decoded.guessed || decoded.text.includes("\u{FFFD}"))) whole = false;
  }
  return { text, whole };
}

/** Neighbouring bytes as one run. */
function joined(pieces: readonly (Buffer | string)[]): (Buffer | string)[] {
  const runs: (Buffer | string)[] = [];
  let bytes: Buffer[] = [];
  for (const piece of [...pieces, ""]) {
    if (typeof piece !== "string") bytes.push(piece);
    else {
      runs.push(Buffer.concat(bytes), piece);
      bytes = [];
    }
  }
  return runs;
}

/** Tolerates blanks, missing padding and padding in the middle (words joined before they were split again). */
function base64(text: string): Buffer {
  const parts = text.replace(/[^A-Za-z0-9+/=]/g, "").split(/=+/);
  return Buffer.concat(parts.map((part) => Buffer.from(part, "base64")));
}

function sameCharset(one: EncodedWord, other: EncodedWord): boolean {
  return one.charset.replace(/\*.*/, "").toLowerCase() === other.charset.replace(/\*.*/, "").toLowerCase();
}
