import type { EmailWarning } from "@inlet/schemas";
import { LimitExceeded, LIMITS } from "../limits.ts";

/** One field of a header block, folding kept, exactly the bytes after the colon. */
export interface RawField {
  readonly name: string;
  readonly value: Uint8Array;
}

export interface HeaderBlock {
  readonly fields: readonly RawField[];
  /** The message as it is to be parsed: the given bytes, or repaired ones where `warnings` says so. */
  readonly message: Uint8Array;
  readonly warnings: readonly EmailWarning[];
}

const LF = 0x0a;
const CR = 0x0d;
/** Lines looked ahead to tell a broken header line from a body without its blank line. */
const LOOK_AHEAD = 20;
const FIELD = /^([!-9;-~]{1,200})[ \t]*:/;
/** At least one of these makes bytes an email; any `word: text` line would make a poem one. */
const OF_EMAIL =
  /^(from|to|cc|bcc|subject|date|message-id|received|return-path|mime-version|content-(type|transfer-encoding|disposition)|reply-to|sender|delivered-to|x-original-to|in-reply-to|references|list-id|dkim-signature|auto-submitted|x-mailer)$/i;

/**
 * Reads the header block of a message (RFC 5322 2.2) and repairs what breaks parsers: a byte order mark, blank lines or an
 * mbox `From ` line in front, CR alone as line end, broken lines between fields, no blank line before the body.
 * Returns null when there is no header of an email at all. Throws `LimitExceeded`.
 */
export function readHeaderBlock(bytes: Uint8Array): HeaderBlock | null {
  const warnings: EmailWarning[] = [];
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const message = skipPreamble(withLineFeeds(asBytes(given, warnings), warnings), warnings);
  const fields: { name: string; lines: Buffer[] }[] = [];
  let at = 0;
  let repaired = false;
  let ended = false;
  while (at < message.length) {
    const { line, next } = lineAt(message, at);
    if (line.length === 0) {
      ended = true;
      at = next;
      break;
    }
    if (next > LIMITS.headerBytes) throw new LimitExceeded("headerBytes");
    const first = line[0];
    const name = first === 0x20 || first === 0x09 ? null : FIELD.exec(line.toString("latin1", 0, 220))?.[1];
    if (name === null && fields.length > 0) fields.at(-1)?.lines.push(line);
    else if (name == null) {
      repaired = true;
      if (!headerGoesOn(message, next)) {
        warnings.push("missing_header_end");
        break;
      }
      if (!warnings.includes("broken_header_line")) warnings.push("broken_header_line");
    } else {
      fields.push({ name, lines: [line.subarray(line.indexOf(0x3a) + 1)] });
      if (fields.length > LIMITS.headerFields) throw new LimitExceeded("headerFields");
    }
    at = next;
  }
  if (!fields.some(({ name }) => OF_EMAIL.test(name))) return null;
  if (!ended && !repaired) warnings.push("no_body");
  const raw = fields.map(({ name, lines }) => ({ name, value: Buffer.concat(joined(lines)) }));
  return { fields: raw, warnings, message: repaired ? rebuilt(raw, message.subarray(at)) : message };
}

function skipPreamble(message: Buffer, warnings: EmailWarning[]): Buffer {
  const marked = message[0] === 0xef && message[1] === 0xbb && message[2] === 0xbf;
  if (marked) warnings.push("byte_order_mark");
  // Apple Mail's .emlx: the length of the message on a line of its own, properties behind the message.
  const first = lineAt(message, 0);
  const length = /^(\d{1,10})\s*$/.exec(first.line.toString("latin1", 0, 12))?.[1];
  if (length !== undefined) return skipPreamble(message.subarray(first.next, first.next + Number(length)), warnings);
  let at = marked ? 3 : 0;
  for (;;) {
    const { line, next } = lineAt(message, at);
    const blank = next > at && line.length < 100 && line.toString("latin1").trim() === "";
    const mbox = /^>?From [^:]/.test(line.toString("latin1", 0, 10));
    if (!blank && !mbox) return message.subarray(at);
    warnings.push(blank ? "leading_blank_line" : "mbox_from_line");
    if (next >= message.length || warnings.length > 20) return message.subarray(next);
    at = next;
  }
}

/** A message saved as UTF-16 text (Windows) has the right characters in twice the bytes. */
function asBytes(message: Buffer, warnings: EmailWarning[]): Buffer {
  const little = message[0] === 0xff && message[1] === 0xfe;
  if (!little && !(message[0] === 0xfe && message[1] === 0xff)) return message;
  warnings.push("byte_order_mark");
  return Buffer.from(new TextDecoder(little ? "utf-16le" : "utf-16be").decode(message), "utf8");
}

/** A message whose lines end in CR alone has no lines for any parser. */
function withLineFeeds(message: Buffer, warnings: EmailWarning[]): Buffer {
  if (message.indexOf(LF) !== -1 || message.indexOf(CR) === -1) return message;
  warnings.push("bare_cr_line_ends");
  return Buffer.from(message).map((byte) => (byte === CR ? LF : byte)) as Buffer;
}

function lineAt(message: Buffer, at: number): { line: Buffer; next: number } {
  const lf = message.indexOf(LF, at);
  if (lf === -1) return { line: message.subarray(at), next: message.length };
  return { line: message.subarray(at, lf > at && message[lf - 1] === CR ? lf - 1 : lf), next: lf + 1 };
}

/** Whether a known field follows before a blank line: then a broken line stands inside the header, not after it. */
function headerGoesOn(message: Buffer, from: number): boolean {
  let at = from;
  for (let count = 0; count < LOOK_AHEAD && at < message.length; count++) {
    const { line, next } = lineAt(message, at);
    if (line.length === 0) return false;
    const name = FIELD.exec(line.toString("latin1", 0, 220))?.[1];
    if (name !== undefined && (OF_EMAIL.test(name) || /^x-/i.test(name))) return true;
    at = next;
  }
  return false;
}

function joined(lines: readonly Buffer[]): Buffer[] {
  return lines.flatMap((line, index) => (index === 0 ? [line] : [Buffer.from("\r\n"), line]));
}

function rebuilt(fields: readonly RawField[], body: Buffer): Buffer {
  const header = fields.flatMap(({ name, value }) => [Buffer.from(`${name}:`, "latin1"), value, Buffer.from("\r\n")]);
  return Buffer.concat([...header, Buffer.from("\r\n"), body]);
}
