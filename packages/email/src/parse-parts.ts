import type { Envelope } from "@inlet/schemas";
import { assemble } from "./assemble.ts";
import type { AttachmentSource } from "./attachments/attachments.ts";
import { decodeBytes } from "./charset/charset.ts";
import { cleanBody } from "./charset/clean-text.ts";
import { readHeaderBlock } from "./headers/header-block.ts";
import { decodeFields, toField } from "./headers/header-fields.ts";
import type { Field } from "./headers/header-fields.ts";
import { LimitExceeded, LIMITS } from "./limits.ts";
import type { ParseOptions, ParseResult } from "./port.ts";

/** An email that somebody else has taken apart already. */
export interface EmailParts {
  /** The header as a block of lines, bytes as they came, or as fields in order whose values may hold encoded words. */
  readonly headers: Uint8Array | readonly (readonly [name: string, value: string])[];
  /** Text, or bytes with the charset that they are declared to be in. */
  readonly text: string | DeclaredBytes | null;
  readonly html: string | DeclaredBytes | null;
  readonly attachments: readonly AttachmentSource[];
  readonly envelope: Envelope | null;
  readonly warnings?: readonly string[];
}

export interface DeclaredBytes {
  readonly bytes: Uint8Array;
  readonly charset: string | null;
}

/**
 * Makes the email of its parts (providers' parsed forms), by the rules of {@link parseMime}. Never throws: without any header of an email
 * it is `unreadable_mime`, past a bound of limits.ts `limit_exceeded`.
 */
export async function parseParts(parts: EmailParts, options: ParseOptions = {}): Promise<ParseResult> {
  try {
    if (parts.attachments.length > LIMITS.parts) throw new LimitExceeded("parts");
    const header = readHeader(parts.headers);
    if (header.fields.length > LIMITS.headerFields) throw new LimitExceeded("headerFields");
    if (header.fields.length === 0) {
      const message = "headers: there are none of an email in this post; check that the provider sends the full form";
      return { ok: false, fault: { code: "unreadable_mime", message } };
    }
    const text = readBody(parts.text);
    const html = readBody(parts.html);
    const guessed = text.guessed || html.guessed ? ["charset_guessed"] : [];
    const email = await assemble(
      {
        fields: header.fields,
        bodies: { text: text.value, html: html.value },
        files: parts.attachments,
        envelope: parts.envelope,
        warnings: [...header.warnings, ...guessed, ...(parts.warnings ?? [])],
      },
      options,
    );
    return { ok: true, email };
  } catch (error) {
    if (error instanceof LimitExceeded) return { ok: false, fault: { code: "limit_exceeded", message: error.message } };
    const message = "message: its parts do not make an email; compare the post with the provider's documented form";
    return { ok: false, fault: { code: "unreadable_mime", message } };
  }
}

function readHeader(given: EmailParts["headers"]): { fields: readonly Field[]; warnings: readonly string[] } {
  if (!(given instanceof Uint8Array))
    return { fields: given.map(([name, value]) => toField(name, value)), warnings: [] };
  const block = readHeaderBlock(given);
  if (block === null) return { fields: [], warnings: [] };
  // A block by itself always lacks a body: that is no fault of the email's.
  return {
    fields: decodeFields(block.fields, null),
    warnings: block.warnings.filter((warning) => warning !== "no_body" && warning !== "missing_header_end"),
  };
}

function readBody(body: EmailParts["text"]): { value: string | null; guessed: boolean } {
  const { text, guessed } =
    body === null || typeof body === "string"
      ? { text: body ?? "", guessed: false }
      : decodeBytes(body.bytes, body.charset);
  return { value: text.trim() === "" ? null : cleanBody(text), guessed };
}
