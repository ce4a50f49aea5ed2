import { deliveryKey, storableId } from "@inlet/sources";
import { readSenderJson } from "../content/sender-json.ts";
import { readHeaderPair } from "../signatures/header-pair.ts";
import { signedKind } from "./signed-kind.ts";

/** JSON of our own definition (docs/reference/signed-json.schema.json) under the signed header pair. Named by its `eventId`, else by the email. */
export const signedJson = signedKind({
  mediaTypes: ["application/json"],
  readSignatureHeaders: readHeaderPair,
  describe(body) {
    const sender = readSenderJson(body);
    return {
      key: sender.eventId ?? deliveryKey(sender.content(), sender.recipients),
      deliveryId: null,
      senderEventId: storableId(sender.eventId),
      senderReceivedAt: sender.receivedAt,
      envelope: null,
    };
  },
});
