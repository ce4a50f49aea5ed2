import type { IncomingHttpHeaders } from "node:http";
import type { Envelope } from "@inlet/schemas";
import { mimeContent } from "@inlet/domain";
import { deliveryKey } from "../delivery-key.ts";
import { readHeaderPair } from "../signatures/header-pair.ts";
import { headerValue } from "../signatures/signature.ts";
import { verifySigned } from "../signatures/verify-signed.ts";

/**
 * The email itself under the signed header pair. `X-Envelope-From` and `X-Envelope-To` (a comma-separated list) may tell the SMTP
 * envelope; the signature does not cover them, so they are hints. Named by the email itself and those recipients.
 */
export const verification = verifySigned(readHeaderPair, (body, headers) => {
  const envelope = readEnvelope(headers);
  return {
    key: deliveryKey(mimeContent(body), envelope?.to ?? []),
    deliveryId: null,
    senderEventId: null,
    senderReceivedAt: null,
    envelope,
  };
});

function readEnvelope(headers: IncomingHttpHeaders): Envelope | null {
  const from = headerValue(headers, "x-envelope-from");
  const to = headerValue(headers, "x-envelope-to");
  if (from === undefined && to === undefined) return null;
  return {
    from: bareAddress(from ?? ""),
    to: (to ?? "")
      .split(",")
      .map(bareAddress)
      .filter((address) => address !== null),
  };
}

function bareAddress(text: string): string | null {
  const bare = text.trim().replace(/^<(.*)>$/, "$1");
  return bare === "" ? null : bare;
}
