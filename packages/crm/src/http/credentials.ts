import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { CallerRequest } from "../calls/caller.ts";

/**
 * The headers that say who calls. `auth` is `bearer`, `basic` (the token is user:password), `header:NAME`, or `standard-webhooks`: the request is
 * signed with every secret, so that they can be rotated (https://www.standardwebhooks.com). `webhook-id` is then the Idempotency-Key, the
 * same in every try; it signs the body, not the path.
 */
export function credentials(
  auth: string,
  tokens: readonly string[],
  request: Pick<CallerRequest, "headers" | "body">,
  now: Date = new Date(),
): Readonly<Record<string, string>> {
  const [token = ""] = tokens;
  if (auth === "bearer") return { authorization: `Bearer ${token}` };
  if (auth === "basic") return { authorization: `Basic ${Buffer.from(token).toString("base64")}` };
  if (auth !== "standard-webhooks") return { [auth.slice("header:".length).toLowerCase()]: token };
  const id = request.headers?.["idempotency-key"] ?? randomUUID();
  // The tenant file's check lets no form be sent with signatures: its bytes are known to the HTTP client alone.
  const body = typeof request.body === "string" ? request.body : "";
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": tokens.map((secret) => new Webhook(secret).sign(id, now, body)).join(" "),
  };
}
