import { basicAuthFault } from "../basic-auth.ts";
import { contentKey, deliveryKey } from "../delivery-key.ts";
import { bareMessageId, scanMessageId } from "../header-scan.ts";
import type { DoorRequest, Opened, Provider } from "../port.ts";
import { extractPost } from "./extract.ts";
import { readPost } from "./read-post.ts";

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
  if (post === null) {
    return { kind: "delivery", delivery: { key: deliveryKey(body, null, []), deliveryId: null, receivedAt: null } };
  }
  const content =
    post.message === null
      ? contentKey([post.plain ?? "", post.html ?? "", ...post.attachments.map(({ bytes, url }) => bytes ?? url ?? "")])
      : contentKey([bodyOf(post.message)]);
  const given = post.headers.find(([name]) => name.toLowerCase() === "message-id")?.[1];
  const messageId = post.message === null ? bareMessageId(given ?? "") : scanMessageId(post.message);
  const to = post.envelope.recipients.length > 0 ? post.envelope.recipients : [post.envelope.to ?? ""];
  const key = `${deliveryKey(body, messageId ?? content, to)}\0${content}`;
  return { kind: "delivery", delivery: { key, deliveryId: null, receivedAt: null } };
}

/** What follows the header. */
function bodyOf(mime: Buffer): Buffer {
  const crlf = mime.indexOf("\r\n\r\n");
  const lf = mime.indexOf("\n\n");
  if (crlf !== -1 && (lf === -1 || crlf < lf)) return mime.subarray(crlf + 4);
  return lf === -1 ? mime : mime.subarray(lf + 2);
}
