import { createHash } from "node:crypto";

/** Fields that servers add on the way (RFC 5321 4.4, RFC 8617, RFC 8601): another try or another way of one message has others. */
const TRACE = new Set([
  "received",
  "x-received",
  "return-path",
  "delivered-to",
  "x-delivered-to",
  "authentication-results",
  "arc-seal",
  "arc-message-signature",
  "arc-authentication-results",
]);

export function isTraceField(name: string): boolean {
  return TRACE.has(name.toLowerCase());
}

/** Hex SHA-256 of a message without its trace fields: the same when it is sent again, through whichever server. */
export function mimeContent(mime: Uint8Array): string {
  const hash = createHash("sha256");
  for (const piece of withoutTraceFields(mime)) hash.update(piece);
  return hash.digest("hex");
}

const [CR, LF, SPACE, TAB, COLON] = [13, 10, 32, 9, 58];
/** Longest name of a trace field. */
const LONGEST_NAME = 30;
const USUAL_LINE = 100;
/** Bytes that a trace field's name begins with: most fields are told from one by their first. */
const FIRST_LETTERS = new Set(
  [...TRACE].flatMap(([letter = ""]) => [letter.charCodeAt(0), letter.toUpperCase().charCodeAt(0)]),
);

/**
 * The pieces of a message that are left when its trace fields are taken out of its header, in order. A field that holds a bare CR stays: some
 * readers take that for the end of a line, and something else could hide behind it. Bytes are not copied.
 */
export function withoutTraceFields(mime: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  let at = 0;
  while (at < mime.length && !isBlankLine(mime, at)) {
    const end = fieldEnd(mime, at);
    if (isTrace(mime, at, end)) {
      if (at > kept) pieces.push(mime.subarray(kept, at));
      kept = end;
    }
    at = end;
  }
  if (kept < mime.length) pieces.push(mime.subarray(kept));
  return pieces;
}

function isBlankLine(mime: Uint8Array, at: number): boolean {
  return mime[at] === LF || (mime[at] === CR && mime[at + 1] === LF);
}

/** Where the next field begins: after the first line end that no folded line follows. */
function fieldEnd(mime: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    at = lineEnd(mime, at);
    if (at === mime.length || (mime[at] !== SPACE && mime[at] !== TAB)) return at;
  }
}

/** Behind the next LF. Byte by byte for as long as lines usually are: a call into native code costs as much as a hundred bytes. */
function lineEnd(mime: Uint8Array, from: number): number {
  const near = Math.min(mime.length, from + USUAL_LINE);
  for (let at = from; at < near; at += 1) if (mime[at] === LF) return at + 1;
  const end = mime.indexOf(LF, near);
  return end === -1 ? mime.length : end + 1;
}

function isTrace(mime: Uint8Array, from: number, to: number): boolean {
  if (!FIRST_LETTERS.has(mime[from] as number)) return false;
  const longest = Math.min(to, from + LONGEST_NAME);
  let colon = from;
  while (colon < longest && mime[colon] !== COLON) colon += 1;
  if (colon === longest) return false;
  if (!isTraceField(Buffer.from(mime.subarray(from, colon)).toString("latin1"))) return false;
  // Never past the field: a message without a CR would be searched to its end for each.
  const field = mime.subarray(from, to);
  for (let at = field.indexOf(CR); at !== -1; at = field.indexOf(CR, at + 1))
    if (mime[from + at + 1] !== LF) return false;
  return true;
}
