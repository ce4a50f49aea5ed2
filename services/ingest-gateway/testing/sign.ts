import { createHmac } from "node:crypto";

/** The header pair of a sender that does it right, written apart from the code that verifies it. `now` in epoch ms. */
export function signedHeaders(
  secret: string,
  body: string | Buffer,
  now: number,
  encoding: "hex" | "base64" = "hex",
): { "x-webhook-timestamp": string; "x-webhook-signature": string } {
  const timestamp = String(Math.floor(now / 1000));
  const signed = Buffer.concat([Buffer.from(`${timestamp}.`), Buffer.from(body)]);
  return {
    "x-webhook-timestamp": timestamp,
    "x-webhook-signature": createHmac("sha256", secret).update(signed).digest(encoding),
  };
}
