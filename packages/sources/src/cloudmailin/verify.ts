import { mimeContent } from "@inlet/email";
import { basicAuthFault } from "../basic-auth.ts";
import { contentFields, contentKey, deliveryKey } from "../delivery-key.ts";
import type { DoorRequest, Opened, Provider } from "../port.ts";
import { extractPost } from "./extract.ts";
import { readPost, type Post } from "./read-post.ts";

/**
 * CloudMailin (docs.cloudmailin.com: HTTP POST formats, HTTP status codes): JSON or multipart (normalised), or multipart with the raw mail,
 * under basic authentication. The post happens inside the SMTP conversation: 2xx accepts, 4xx bounces to the sender, 5xx makes the
 * sending server try again.
 */
export const cloudmailin: Provider = {
  kind: "cloudmailin",
  mediaTypes: ["application/json", "multipart/form-data"],
  answers: { accepted: 202, later: 503, never: null },
  checkHeaders: (headers, source) => basicAuthFault(headers, source.secrets.reveal()),
  open: openPost,
  extract: extractPost,
};

/** CloudMailin gives a post no id, and each try of the sending server has new Received lines: so they do not count. */
async function openPost({ headers, body }: DoorRequest): Promise<Opened> {
  const post = await readPost(body, headers["content-type"] ?? "");
  const key = post === null ? deliveryKey(contentKey([body]), []) : keyOf(post);
  return { kind: "delivery", delivery: { key, deliveryId: null, receivedAt: null } };
}

function keyOf({ message, headers, plain, html, attachments, envelope }: Post): string {
  const files = attachments.map(({ filename, bytes, url }) => bytes ?? url ?? filename ?? "");
  const content =
    message === null
      ? contentKey([plain ?? "", html ?? "", ...contentFields(headers), ...files])
      : mimeContent(message);
  return deliveryKey(content, envelope.recipients.length > 0 ? envelope.recipients : [envelope.to ?? ""]);
}
