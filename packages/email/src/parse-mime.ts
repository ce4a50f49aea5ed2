import type { EmailWarning } from "@inlet/schemas";
import { assemble } from "./assemble.ts";
import { joinTextParts } from "./mime/body-text.ts";
import { readHeaderBlock } from "./headers/header-block.ts";
import type { HeaderBlock } from "./headers/header-block.ts";
import { decodeFields } from "./headers/header-fields.ts";
import { LimitExceeded, LIMITS } from "./limits.ts";
import type { MimeTree } from "./mime/mime-tree.ts";
import { readTree } from "./mime/read-tree.ts";
import { whatItIs } from "./mime/not-email.ts";
import type { ParseFault, ParseOptions, ParseResult } from "./port.ts";

/**
 * Reads a message (RFC 5322, MIME). Never throws and always ends: what is readable becomes an email, with `warnings` for
 * what was repaired; without any email header it is `unreadable_mime`, past a bound of limits.ts `limit_exceeded`.
 * `email.from` is null where there is no usable sender: whether that is a fault is the service's to say.
 */
export async function parseMime(bytes: Uint8Array, options: ParseOptions = {}): Promise<ParseResult> {
  try {
    if (bytes.byteLength > LIMITS.messageBytes) throw new LimitExceeded("messageBytes");
    const header = readHeaderBlock(bytes);
    if (header === null) return failed("unreadable_mime", noHeader(bytes));
    return { ok: true, email: await buildEmail(header, options) };
  } catch (error) {
    if (error instanceof LimitExceeded) return failed("limit_exceeded", error.message);
    return failed(
      "unreadable_mime",
      `message: its structure cannot be read (${getName(error)}); send it again or as plain text`,
    );
  }
}

async function buildEmail(header: HeaderBlock, options: ParseOptions): ReturnType<typeof assemble> {
  const warnings = [...header.warnings];
  const tree = await readTreeSafely(header, warnings);
  // Raw 8-bit headers are mostly in the charset of the body.
  const fields = decodeFields(header.fields, tree.charset);
  return await assemble(
    {
      fields,
      bodies: joinTextParts(tree.texts),
      files: tree.files,
      alternatives: tree.alternatives,
      htmlLocation: tree.texts.find(({ contentType }) => contentType === "text/html")?.location ?? null,
      envelope: null,
      warnings: [...warnings, ...tree.warnings],
    },
    options,
  );
}

/** A body that breaks the parser is no reason to lose the sender and the subject: the email goes on without it. */
async function readTreeSafely(header: HeaderBlock, warnings: EmailWarning[]): Promise<MimeTree> {
  try {
    return await readTree(header);
  } catch (error) {
    if (error instanceof LimitExceeded) throw error;
    warnings.push("body_unreadable");
    return { texts: [], files: [], alternatives: [], charset: null, warnings: [] };
  }
}

function noHeader(bytes: Uint8Array): string {
  const kind = whatItIs(bytes);
  if (kind !== null) return `message: it is no email but ${kind}`;
  return "message: there is no email header in these bytes; send the message as it was received, from its first header line";
}

function failed(code: ParseFault["code"], message: string): ParseResult {
  return { ok: false, fault: { code, message } };
}

/** The class of an error only: its message may quote content. */
function getName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
