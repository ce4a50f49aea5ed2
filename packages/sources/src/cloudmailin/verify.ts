import { mimeContent } from "@inlet/domain";
import { basicAuthFault } from "../basic-auth.ts";
import { contentFields, contentKey, deliveryKey, toDelivery } from "../delivery-key.ts";
import type { InboundRequest, Verification, Verified } from "../kind.ts";
import { readPost, type Post } from "./read-post.ts";

/** By basic authentication in the URL that CloudMailin is given. */
export const verification: Verification = {
  checkHeaders: (headers, source) => basicAuthFault(headers, source.secrets.reveal()),
  verify,
};

/** CloudMailin gives a post no id, and each try of the sending server has new Received lines: so they do not count. */
async function verify({ headers, body }: InboundRequest): Promise<Verified> {
  const post = await readPost(body, headers["content-type"] ?? "");
  const key = post === null ? deliveryKey(contentKey([body]), []) : getDeliveryKey(post);
  return { kind: "delivery", delivery: toDelivery(key, null) };
}

function getDeliveryKey({ message, headers, plain, html, attachments, envelope }: Post): string {
  const files = attachments.map(({ filename, bytes, url }) => bytes ?? url ?? filename ?? "");
  const content =
    message === null
      ? contentKey([plain ?? "", html ?? "", ...contentFields(headers), ...files])
      : mimeContent(message);
  return deliveryKey(content, envelope.recipients.length > 0 ? envelope.recipients : [envelope.to ?? ""]);
}
