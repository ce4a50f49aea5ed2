import { isAscii } from "node:buffer";
import type { Header } from "@inlet/schemas";
import { decodeRawHeader, isUtf8 } from "../charset/charset.ts";
import { detectCharset } from "../charset/charset-detection.ts";
import { cleanText } from "../charset/clean-text.ts";
import { decodeWords } from "./encoded-words.ts";
import type { RawField } from "./header-block.ts";

/** A header field as text. `raw` is unfolded with its encoded words kept (addresses need them so), `value` is decoded. */
export interface Field extends Header {
  readonly raw: string;
}

/**
 * Unfolds and decodes fields: raw 8-bit bytes, then encoded words. Raw bytes name no charset: `bodyCharset` counts, else
 * the one of an encoded word in the header, else what the letters of all of them say.
 */
export function decodeFields(fields: readonly RawField[], bodyCharset: string | null): Field[] {
  const raw8bit = fields.filter(({ value }) => is8bit(value) && !isUtf8(value));
  const hint =
    raw8bit.length === 0 ? bodyCharset : (bodyCharset ?? findWordsCharset(fields) ?? findRawCharset(raw8bit));
  return fields.map(({ name, value }) => toField(name, decodeBytes(value, hint)));
}

/** A header value's bytes as text, encoded words kept. */
export function decodeBytes(value: Uint8Array, hint: string | null): string {
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
  // An escape is ISO-2022-JP without an encoded word: seven bits, and no text.
  return /[\u001B\u0080-\u00FF]/.test(text) ? decodeRawHeader(value, hint) : text;
}

/** A field from text; folding and encoded words may still be in it. */
export function toField(name: string, text: string): Field {
  const raw = cleanText(text.replace(/\r?\n(?=[ \t])/g, "").replace(/[\r\n]+/g, " ")).trim();
  return { name, raw, value: decodeWords(raw) };
}

/** Raw values of every field of that name, in order. Names compare without case. */
export function rawValues(fields: readonly Field[], name: string): string[] {
  return named(fields, name).map((field) => field.raw);
}

/** Decoded value of the first field of that name that says anything. */
export function firstValue(fields: readonly Header[], name: string): string | null {
  for (const { value } of named(fields, name)) {
    const text = value.trim();
    if (text !== "") return text;
  }
  return null;
}

/** Fields of a header by name. A hundred rules ask for a name each: one look at the header answers them all. */
const indexes = new WeakMap<readonly Header[], Map<string, Header[]>>();

function named<T extends Header>(fields: readonly T[], name: string): readonly T[] {
  let index = indexes.get(fields) as Map<string, T[]> | undefined;
  if (index === undefined) {
    index = new Map();
    for (const field of fields) {
      const key = field.name.toLowerCase();
      const known = index.get(key);
      if (known === undefined) index.set(key, [field]);
      else known.push(field);
    }
    indexes.set(fields, index);
  }
  return index.get(name.toLowerCase()) ?? [];
}

function findWordsCharset(fields: readonly RawField[]): string | null {
  for (const { value } of fields) {
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
    const charset = /=\?([^?\s*]{1,40})[^?\s]{0,40}\?[bq]\?/i.exec(text)?.[1];
    if (charset !== undefined && !/^(?:us-ascii|utf-?8)$/i.test(charset)) return charset;
  }
  return null;
}

function findRawCharset(fields: readonly RawField[]): string {
  return detectCharset(Buffer.concat(fields.map(({ value }) => value.subarray(0, 1_000))));
}

function is8bit(value: Uint8Array): boolean {
  return !isAscii(value);
}
