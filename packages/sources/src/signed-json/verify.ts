import { deliveryKey, storableId } from "../delivery-key.ts";
import { readSenderJson } from "./sender-json.ts";
import { readHeaderPair } from "../signatures/header-pair.ts";
import { verifySigned } from "../signatures/verify-signed.ts";

/** JSON of our own definition (docs/reference/signed-json.schema.json) under the signed header pair. Named by its `eventId`, else by the email. */
export const verification = verifySigned(readHeaderPair, (body) => {
  const sender = readSenderJson(body);
  return {
    key: sender.eventId ?? deliveryKey(sender.content(), sender.recipients),
    deliveryId: null,
    senderEventId: storableId(sender.eventId),
    senderReceivedAt: sender.receivedAt,
    envelope: null,
  };
});
