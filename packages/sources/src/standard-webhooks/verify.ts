import { deliveryKey, storableId } from "../delivery-key.ts";
import { readSenderJson } from "../signed-json/sender-json.ts";
import { readStandardWebhooks } from "../signatures/standard-webhooks.ts";
import { headerValue } from "../signatures/signature.ts";
import { verifySigned } from "../signatures/verify-signed.ts";

/** The same JSON under Standard Webhooks. Named by the signed `webhook-id`, which stays the same over retries. */
export const verification = verifySigned(readStandardWebhooks, (body, headers) => {
  const sender = readSenderJson(body);
  const id = headerValue(headers, "webhook-id") ?? headerValue(headers, "svix-id") ?? null;
  return {
    key: id ?? deliveryKey(sender.content(), sender.recipients),
    deliveryId: id,
    senderEventId: storableId(sender.eventId),
    senderReceivedAt: sender.receivedAt,
    envelope: null,
  };
});
