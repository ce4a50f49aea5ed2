import type { EncodedRequest, Sending } from "../kind.ts";
import { headerPair } from "../signatures/sign.ts";

export async function encodeRawMime({ mime, secret, now }: Sending): Promise<EncodedRequest> {
  return { body: mime, headers: { "content-type": "message/rfc822", ...headerPair(mime, secret, now) } };
}
