import { isUtf8 as isWhollyUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { detectCharset } from "./charset-detection.ts";
import { findCharset } from "./charset-names.ts";
import type { Charset } from "./charset-names.ts";
import { decodeHz, decodeIso2022, hasDesignation } from "./iso-2022.ts";

export interface Decoded {
  readonly text: string;
  /** The declared charset (or UTF-8, where none is declared) did not fit: another one was chosen by the bytes. */
  readonly guessed: boolean;
}

/** High bytes that prove UTF-8 against a charset with two bytes a character, where one in ten pairs is valid as both. */
/** Places in which a header may be cut, and whole characters for each of them. */
const MOST_CUTS = 2;
const WHOLE = 3;
const PROOF = 6;
const REPLACEMENT = "\u{FFFD}";
const LATIN = "windows1252";
/** Made once: looking a label up costs more than decoding a header line. */
const UTF8 = new TextDecoder();
/** Relatives that senders mean when the bytes do not exist in what they declare. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  iso88595: ["windows1251"],
  iso88596: ["windows1256"],
  iso88597: ["windows1253"],
  iso88598: ["windows1255"],
  shiftjis: ["eucjp"],
  eucjp: ["shiftjis"],
  big5: ["gb18030"],
  gb18030: ["big5"],
};

/**
 * Decodes bytes to text. `declared` is the charset as the mail names it (any case, any known alias) or null. Never throws.
 * A declared charset is kept to as long as the bytes exist in it. Else, and where none is declared, bytes are judged by
 * themselves: byte order mark, escapes of ISO 2022, UTF-8, then `fallback` (default windows-1252).
 */
export function decodeDeclared(bytes: Uint8Array, declared: string | null, fallback = LATIN): Decoded {
  const charset = findCharset(declared ?? "");
  if (charset === null) return { text: judge(bytes, fallback).text, guessed: true };
  if (charset.kind === "guess" || charset.kind === "utf8") return judge(bytes, fallback);
  const text = decodeAs(charset, bytes);
  const unescaped = charset.kind === "iso2022" && bytes.some((byte) => byte > 0x7f) && !hasDesignation(bytes);
  if (!text.includes(REPLACEMENT) && !unescaped) return { text, guessed: false };
  // Broken under its own label: a gateway may have turned it into UTF-8 and kept the label.
  const utf8 = strictUtf8(bytes);
  if (utf8 !== null) return { text: utf8, guessed: true };
  for (const wider of charset.kind === "table" ? (WIDER[charset.name] ?? []) : unescaped ? ["shiftjis", "eucjp"] : []) {
    const other = decodeTable(wider, bytes);
    if (!other.includes(REPLACEMENT)) return { text: other, guessed: true };
  }
  return { text, guessed: false };
}

/**
 * `decodeDeclared` for bodies: what has another label and is UTF-8 from end to end is UTF-8 (not for encoded words: those
 * are made by the software that writes the label), and undeclared text of another script is told by its letters.
 */
export function decodeBytes(bytes: Uint8Array, declared: string | null): Decoded {
  const charset = findCharset(declared ?? "");
  if (charset?.kind === "table" && !charset.name.startsWith("utf")) {
    const text = countHigh(bytes) >= (isTwoByte(charset) ? PROOF : 1) ? strictUtf8(bytes) : null;
    if (text !== null) return { text, guessed: true };
  }
  const decoded = decodeDeclared(bytes, declared);
  if (!decoded.guessed || (charset !== null && charset.kind !== "guess")) return decoded;
  return decodeDeclared(bytes, declared, detectCharset(bytes));
}

/**
 * Decodes a raw 8-bit header value, which names no charset: `hint` is the one that the mail uses elsewhere. UTF-8 is taken
 * where the bytes are valid as such; two-byte characters alone prove it only against charsets with one byte a character.
 */
export function decodeRawHeader(bytes: Uint8Array, hint: string | null): string {
  const charset = findCharset(hint ?? "");
  const utf8 = strictUtf8(bytes);
  if (utf8 !== null && !(isTwoByte(charset) && countHigh(bytes) < PROOF)) return utf8;
  const cut = utf8 === null ? cutUtf8(bytes) : null;
  if (cut !== null) return cut;
  return decodeDeclared(bytes, hint).text;
}

/**
 * UTF-8 that a program cut inside of a character, which no other charset looks like: what is whole stays, what is cut is one U+FFFD. Null for
 * bytes that are broken in more places, or have little to show.
 */
function cutUtf8(bytes: Uint8Array): string | null {
  const text = UTF8.decode(bytes);
  let broken = 0;
  let whole = 0;
  for (const char of text) {
    if (char === REPLACEMENT) broken += 1;
    else if (char > "\u007F") whole += 1;
  }
  return broken <= MOST_CUTS && whole >= WHOLE * broken ? text.replace(/\uFFFD{2,}/g, REPLACEMENT) : null;
}

/** Whether bytes are UTF-8 from end to end. */
export function isUtf8(bytes: Uint8Array): boolean {
  return isWhollyUtf8(bytes);
}

/** Whether a character may start in one encoded word and end in the next by the charset's own state. */
export function isStateful(label: string): boolean {
  const kind = findCharset(label)?.kind;
  return kind === "iso2022" || kind === "hz";
}

function judge(bytes: Uint8Array, fallback: string): Decoded {
  const marked = markedCharset(bytes);
  if (marked !== null) return { text: decodeTable(marked, bytes), guessed: true };
  if (hasDesignation(bytes)) return { text: decodeIso2022(bytes), guessed: true };
  const text = strictUtf8(bytes);
  if (text !== null) return { text, guessed: false };
  const table = findCharset(fallback);
  return { text: mostlyUtf8(bytes) ?? decodeTable(table?.kind === "table" ? table.name : LATIN, bytes), guessed: true };
}

/** UTF-8 cut in the middle of a character or hurt in a few places is still UTF-8. */
function mostlyUtf8(bytes: Uint8Array): string | null {
  const text = UTF8.decode(bytes);
  let broken = 0;
  let whole = 0;
  for (const char of text) {
    if (char === REPLACEMENT) broken += 1;
    else if (char > "\u007F") whole += 1;
  }
  return whole >= broken ? text : null;
}

function isTwoByte(charset: Charset | null): boolean {
  return charset?.kind === "table" && /^(?:gb18030|big5|cp949|shiftjis|eucjp)$/.test(charset.name);
}

function countHigh(bytes: Uint8Array): number {
  let high = 0;
  for (const byte of bytes) if (byte > 0x7f) high += 1;
  return high;
}

function markedCharset(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf16be" : null;
}

function strictUtf8(bytes: Uint8Array): string | null {
  return isWhollyUtf8(bytes) ? UTF8.decode(bytes) : null;
}

function decodeAs(charset: Charset, bytes: Uint8Array): string {
  switch (charset.kind) {
    case "iso2022":
      return decodeIso2022(bytes);
    case "hz":
      return decodeHz(bytes);
    case "utf7":
      return decodeTable("utf7", bytes);
    case "table":
      return decodeTable(charset.name, bytes);
    default:
      return UTF8.decode(bytes);
  }
}

function decodeTable(name: string, bytes: Uint8Array): string {
  const text = iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name);
  // Vietnamese code pages write letter and tone apart.
  return /^(?:windows1258|tcvn)$/.test(name) ? text.normalize("NFC") : text;
}
