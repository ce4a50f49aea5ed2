import type { Header } from "@inlet/schemas";
import libmime from "libmime";
import { decodeBytes } from "./charset.ts";
import { cleanText } from "./clean-text.ts";
import type { RawField } from "./header-block.ts";

/** A header field as text. `raw` is unfolded with its encoded words kept (addresses need them so), `value` is decoded. */
export interface Field extends Header {
  readonly raw: string;
}

/** Unfolds and decodes fields: raw 8-bit bytes by `decodeBytes`, then encoded words (RFC 2047). */
export function decodeFields(fields: readonly RawField[], bodyCharset: string | null): Field[] {
  return fields.map(({ name, value }) => fieldOf(name, decodeBytes(value, is8bit(value) ? bodyCharset : null).text));
}

/** A field from text; folding and encoded words may still be in it. */
export function fieldOf(name: string, text: string): Field {
  const raw = cleanText(text.replace(/\r?\n(?=[ \t])/g, "").replace(/[\r\n]+/g, " ")).trim();
  return { name, raw, value: decodeWords(raw) };
}

/** RFC 2047; what does not decode stays as it is. */
export function decodeWords(text: string): string {
  if (!text.includes("=?")) return text;
  try {
    return cleanText(libmime.decodeWords(text));
  } catch {
    return text;
  }
}

/** Raw values of every field of that name, in order. Names compare without case. */
export function rawValues(fields: readonly Field[], name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.filter((field) => field.name.toLowerCase() === wanted).map((field) => field.raw);
}

/** Decoded value of the first field of that name that says anything. */
export function firstValue(fields: readonly Header[], name: string): string | null {
  const wanted = name.toLowerCase();
  return fields.find((field) => field.name.toLowerCase() === wanted && field.value.trim() !== "")?.value.trim() ?? null;
}

/** The media type, lower-case, and its parameters (names lower-case) of a Content-Type or Content-Disposition value. */
export function structured(value: string | null): { value: string; params: Record<string, string> } {
  if (value === null) return { value: "", params: {} };
  try {
    const parsed = libmime.parseHeaderValue(value, { stripComments: true });
    return { value: (parsed.value || "").trim().toLowerCase(), params: parsed.params };
  } catch {
    return { value: "", params: {} };
  }
}

function is8bit(value: Uint8Array): boolean {
  return value.some((byte) => byte > 0x7f);
}
