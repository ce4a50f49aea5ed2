import { isUtf8 } from "node:buffer";

export type TransferEncoding = "base64" | "quoted-printable" | "uuencode" | "identity";

const EQUALS = 0x3d;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** What a Content-Transfer-Encoding value means; unknown ones are the identity, as RFC 2045 6.4 leaves nothing better. */
export function parseTransferEncoding(value: string): TransferEncoding {
  const word = value
    .slice(0, 100)
    .replace(/\([^)]{0,100}\)/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  if (/^x?base64/.test(word)) return "base64";
  if (/^(?:x?quoted(?:-?printable)?|qp$)/.test(word)) return "quoted-printable";
  return /^x?uu(?:e$|encode)/.test(word) ? "uuencode" : "identity";
}

/**
 * Undoes base64 and quoted-printable (RFC 2045 6) as broken senders write them. `misdeclared`: the bytes are not what the
 * header says; they are given as they are, or as the base64 that calls itself quoted-printable.
 */
export function decodeTransfer(
  bytes: Buffer,
  encoding: TransferEncoding,
): { readonly bytes: Buffer; readonly misdeclared: boolean } {
  if (encoding === "quoted-printable") {
    const meant = isBase64Text(bytes) ? decodeBase64(bytes) : null;
    // A long word of these letters alone says nothing when it is decoded.
    if (meant !== null && (isReadable(meant) || /^\S{60,78}\r?\n\S{60,78}\r?\n/.test(bytes.toString("latin1", 0, 160))))
      return { bytes: meant, misdeclared: true };
    return { bytes: decodeQuotedPrintable(bytes), misdeclared: false };
  }
  if (encoding !== "base64") return { bytes, misdeclared: false };
  const sample = bytes.toString("latin1", 0, 4_096);
  const foreign = sample.replace(/[A-Za-z0-9+/=_\s-]/g, "").length;
  const first =
    sample
      .trimStart()
      .split(/[\r\n]/)[0]
      ?.trimEnd() ?? "";
  const encoded = /^[A-Za-z0-9+/=]+$/.test(first) && first.length % 4 === 0;
  // A list's findDisclaimer may stand below; in front of it, base64 has no words.
  if (!encoded && (foreign > Math.max(4, sample.length / 10) || /[A-Za-z]{2} [A-Za-z]{2}/.test(sample))) {
    return { bytes: isQuotedPrintable(sample) ? decodeQuotedPrintable(bytes) : bytes, misdeclared: true };
  }
  return { bytes: decodeBase64(bytes), misdeclared: false };
}

/** Whether text has octets as quoted-printable writes them, and no `=` but those and soft breaks: `=C3=B6`. */
function isQuotedPrintable(sample: string): boolean {
  return /=[89A-F][0-9A-F]/.test(sample) && !/=(?![0-9A-F]{2}|\r?\n|[0-9A-F]?$)/.test(sample);
}

/** Whether a part is lines of base64 from end to end: what is quoted-printable has blanks, or `=` before two digits. */
function isBase64Text(bytes: Buffer): boolean {
  const head = bytes.toString("latin1", 0, 4_096);
  if (bytes.length < 24 || !/^[A-Za-z0-9+/]{20}/.test(head)) return false;
  if (!/^[A-Za-z0-9+/\r\n]+={0,2}\s{0,80}$/.test(head)) return false;
  const text = bytes.toString("latin1").replace(/\s+/g, "");
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

/** UTF-8 without control characters. */
function isReadable(bytes: Buffer): boolean {
  return isUtf8(bytes) && !/[\u0000-\u0008\u000E-\u001F\u007F]/.test(bytes.toString("utf8"));
}

/** Skips what is no base64; goes on behind padding, since some senders join encoded pieces; stops at plain text below it. */
function decodeBase64(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  const padding = text.search(/=[^=\s]|=\s*[\r\n][^=]/);
  if (padding === -1) return Buffer.from(text, "base64");
  const pieces: Buffer[] = [];
  for (const piece of text.split(/=+/)) {
    const wrapped = piece.trim();
    // A findDisclaimer: words with blanks, where base64 has only line ends.
    if (pieces.length > 0 && /[^A-Za-z0-9+/\s_-]|\S[ \t]+\S/.test(wrapped)) break;
    pieces.push(Buffer.from(wrapped, "base64"));
  }
  return Buffer.concat(pieces);
}

/** `=XX` with any letters, soft breaks with blanks behind, blanks at line ends dropped; any other `=` stands for itself. */
function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let kept = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === EQUALS) {
      const high = hex(bytes[at + 1]);
      const low = hex(bytes[at + 2]);
      const soft = softBreakEnd(bytes, at + 1);
      if (high !== -1 && low !== -1) {
        out[length++] = high * 16 + low;
        at += 2;
      } else if (soft !== -1) at = soft;
      else out[length++] = byte;
      kept = length;
    } else if (byte === LF) {
      // Blanks at a line's end were added on the way (RFC 2045 6.7 rule 3).
      length = kept;
      if (bytes[at - 1] === CR) out[length++] = CR;
      out[length++] = LF;
      kept = length;
    } else {
      out[length++] = byte;
      if (byte !== SPACE && byte !== TAB && byte !== CR) kept = length;
    }
  }
  return out.subarray(0, length);
}

/** Index of the line end of a soft break, blanks before it skipped; -1 when text follows. The end of the part is one. */
function softBreakEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === TAB) at += 1;
  if (bytes[at] === CR && bytes[at + 1] === LF) return at + 1;
  return at >= bytes.length || bytes[at] === LF ? Math.min(at, bytes.length - 1) : -1;
}

function hex(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
