import type { EncodedRequest, Sending } from "../kind.ts";
import { standardWebhook } from "../signatures/sign.ts";
import { encodeJson } from "../signed-json/encode.ts";

export async function encodeStandardWebhook(sending: Sending): Promise<EncodedRequest> {
  const body = encodeJson(sending);
  const signature = standardWebhook(body, sending.deliveryId, sending.secret, sending.now);
  return { body, headers: { "content-type": "application/json", ...signature } };
}
