import type { EncodedRequest, Sending } from "../kind.ts";
import { headerPair } from "../signatures/sign.ts";

/** The body of Inlet's own JSON kinds. */
export function encodeJson({ mime, asItIs, deliveryId }: Sending): Buffer {
  return asItIs ? mime : Buffer.from(JSON.stringify({ eventId: deliveryId, raw: mime.toString("base64") }));
}

export async function encodeSignedJson(sending: Sending): Promise<EncodedRequest> {
  const body = encodeJson(sending);
  return {
    body,
    headers: { "content-type": "application/json", ...headerPair(body, sending.secret, sending.now) },
  };
}
