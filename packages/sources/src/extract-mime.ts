import { parseMime } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import { withMetadata } from "./extraction.ts";
import type { ParsedBody, ProviderMetadata } from "./kind.ts";

/** The email of raw MIME, with the provider's metadata on it. */
export async function extractMime(
  mime: Uint8Array,
  metadata: ProviderMetadata,
  options?: ParseOptions,
): Promise<ParsedBody> {
  return withMetadata(await parseMime(mime, options), metadata);
}
