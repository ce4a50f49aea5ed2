import { createHmac } from "node:crypto";
import { plainMail } from "../mail.ts";
import type { LoadPlan } from "./plan.ts";

export interface SignedRequest {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** As long as any id that {@link signedRequests} gives. */
const PLACEHOLDER = "bench-000000000000000000";

/**
 * A maker of requests that a gateway takes: each a new event, properly signed, its body exactly `size` bytes. A body is a copied template
 * with the id written over, so that the generator costs little of the machine that it measures.
 */
export function signedRequests({
  source,
  size,
  secret,
}: Pick<LoadPlan, "source" | "size" | "secret">): () => SignedRequest {
  const template = source === "raw-mime" ? plainMail(PLACEHOLDER, size) : signedJson(size);
  const at = template.indexOf(PLACEHOLDER);
  const contentType = source === "raw-mime" ? "message/rfc822" : "application/json";
  // Another process of the same run must not send the same ids: they would be duplicates.
  const run = Date.now() % 1e9;
  let made = 0;
  return () => {
    const body = Buffer.from(template);
    made += 1;
    body.write(`bench-${String(run).padStart(9, "0")}${String(made).padStart(9, "0")}`, at, "latin1");
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
    return {
      body,
      headers: { "content-type": contentType, "x-webhook-timestamp": timestamp, "x-webhook-signature": signature },
    };
  };
}

/** `{eventId, raw}` padded to the byte: base64 comes in groups of four. */
function signedJson(size: number): Buffer {
  const frame = JSON.stringify({ eventId: PLACEHOLDER, raw: "" }).length;
  const mail = plainMail("bench", Math.floor((size - frame) / 4) * 3);
  const body = JSON.stringify({ eventId: PLACEHOLDER, raw: mail.toString("base64") });
  return Buffer.from(body.padEnd(size));
}
