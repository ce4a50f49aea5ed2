import { parseParts } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import { authResult, buildEnvelope, NO_METADATA, told, unreadable, withMetadata } from "../extraction.ts";
import { extractMime } from "../extract-mime.ts";
import type { ParsedBody, ProviderMetadata } from "../kind.ts";
import { readPost } from "./read-post.ts";

/** The email of a post. Attachments in a store are left to be fetched by the parser, under its rules. */
export async function parseCloudmailin(
  body: Uint8Array,
  contentType: string,
  options?: ParseOptions,
): Promise<ParsedBody> {
  const post = await readPost(body, contentType);
  if (post === null)
    return unreadable(
      "unreadable_json",
      "body: is neither a JSON object nor a complete form; check that CloudMailin posts here",
    );
  const { from, to, recipients, spf } = post.envelope;
  const metadata: ProviderMetadata = {
    ...NO_METADATA,
    envelope: buildEnvelope(from, recipients.length > 0 ? recipients : [to]),
    auth: told({ spf: authResult(spf), dkim: undefined, dmarc: undefined }),
  };
  if (post.message !== null) return extractMime(post.message, metadata, options);
  const parsed = await parseParts(
    {
      headers: post.headers,
      text: post.plain,
      html: post.html,
      envelope: null,
      attachments: post.attachments.map((file) => ({
        filename: file.filename,
        contentType: file.contentType,
        contentId: file.contentId,
        contentDisposition: file.disposition ?? "attachment",
        bytes: file.bytes,
        downloadUrl: file.url,
        size: file.size,
      })),
    },
    options,
  );
  return withMetadata(parsed, metadata);
}
