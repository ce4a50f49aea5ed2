import { createHmac } from "node:crypto";

/**
 * The header pair of `signed-json` and `raw-mime`: HMAC-SHA256 over `timestamp + "." + body`, timestamp in Unix seconds.
 * @param secret the source's secret, as UTF-8
 */
export function headerPair(body: Uint8Array, secret: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
  return { "x-webhook-timestamp": timestamp, "x-webhook-signature": `sha256=${signature}` };
}

/**
 * Standard Webhooks 1.0.0, symmetric: HMAC-SHA256 over `id.timestamp.body`, base64.
 * @param secret `whsec_` + base64; the key is the decoded bytes
 */
export function standardWebhook(body: Uint8Array, id: string, secret: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}
