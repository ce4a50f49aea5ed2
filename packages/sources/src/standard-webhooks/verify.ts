import { deliveryKey, storableId } from "@inlet/sources";
import { readSenderJson } from "../content/sender-json.ts";
import { readStandardWebhooks } from "../signatures/standard-webhooks.ts";
import { headerValue } from "../signatures/signature.ts";
import { signedKind } from "./signed-kind.ts";

/** The same JSON under Standard Webhooks. Named by the signed `webhook-id`, which stays the same over retries. */
export const standardWebhooks = signedKind({
  mediaTypes: ["application/json"],
  readSignatureHeaders: readStandardWebhooks,
  describe(body, headers) {
    const sender = readSenderJson(body);
    const id = headerValue(headers, "webhook-id") ?? headerValue(headers, "svix-id") ?? null;
    return {
      key: id ?? deliveryKey(sender.content(), sender.recipients),
      deliveryId: id,
      senderEventId: storableId(sender.eventId),
      senderReceivedAt: sender.receivedAt,
      envelope: null,
    };
  },
});
