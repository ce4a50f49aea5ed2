import type { EmailWarning } from "@inlet/schemas";
import { decodeBytes } from "../charset/charset.ts";
import { unflow } from "./flowed.ts";
import type { HeaderBlock } from "../headers/header-block.ts";
import type { MimeTree } from "./mime-tree.ts";
import { readPartHeader } from "./part-header.ts";
import { decodeTransfer } from "./transfer-encoding.ts";

/** A message of nothing but text, read without a parser, which costs more than all else for most mail. Null for any other. */
export function readPlainMessage({ fields, message }: HeaderBlock): MimeTree | null {
  const lines = fields
    .filter(({ name }) => /^content-/i.test(name))
    .map(({ name, value }) => ({ key: name.toLowerCase(), line: `${name}:${Buffer.from(value).toString("latin1")}` }));
  // What several types mean, and whether a delimiter is in use that the type does not tell of, the parser finds out.
  if (lines.filter(({ key }) => key === "content-type").length > 1) return null;
  if (fields.some(({ value }) => /boundary/i.test(Buffer.from(value).toString("latin1")))) return null;
  const part = readPartHeader(lines, () => false);
  const { contentType, contentDisposition, filename, params, transferEncoding, charset } = part;
  if (contentType !== "text/plain" || contentDisposition !== null || filename !== null) return null;
  if (transferEncoding === "uuencode") return null;
  // Relays that double the CR: the parser takes both for one line end.
  if (Buffer.from(message.buffer, message.byteOffset, message.byteLength).includes("\r\r")) return null;
  const decoded = decodeTransfer(readBody(message), transferEncoding);
  const { text, guessed } = decodeBytes(decoded.bytes, charset);
  const warnings: EmailWarning[] = [
    ...(decoded.misdeclared ? (["transfer_encoding_wrong"] as const) : []),
    ...(guessed ? (["charset_guessed"] as const) : []),
  ];
  const words = { contentType: "text/plain", text: unflow(text, params), alternative: false, place: 0 } as const;
  return { texts: [words], files: [], alternatives: [], charset, warnings };
}

function readBody(message: Uint8Array): Buffer {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const bare = bytes.indexOf("\n\n");
  const crlf = bytes.indexOf("\n\r\n");
  if (bare === -1 && crlf === -1) return Buffer.alloc(0);
  return bare !== -1 && (crlf === -1 || bare < crlf) ? bytes.subarray(bare + 2) : bytes.subarray(crlf + 3);
}
