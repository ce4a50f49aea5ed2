import { parseMime } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import { NO_METADATA, withMetadata } from "../extraction.ts";
import type { ParsedBody } from "../kind.ts";

/** The email as it is. */
export async function parseRaw(body: Uint8Array, options?: ParseOptions): Promise<ParsedBody> {
  return withMetadata(await parseMime(body, options), NO_METADATA);
}
