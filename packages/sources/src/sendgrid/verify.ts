import { createPublicKey, createVerify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { mimeContent } from "@inlet/domain";
import { basicAuthFault } from "../basic-auth.ts";
import { contentKey, deliveryKey, toDelivery } from "../delivery-key.ts";
import { toList, toObject, readForm } from "../form.ts";
import type { Form } from "../form.ts";
import type { InboundRequest, Verification, VerificationFailure, Verified } from "../kind.ts";
import { isFileName } from "./form-fields.ts";
import type { SendgridSettings } from "./settings.ts";

const SIGNATURE = "x-twilio-email-event-webhook-signature";
const TIMESTAMP = "x-twilio-email-event-webhook-timestamp";
/** As for our own senders. */
const WINDOW_MS = 5 * 60_000;

/** By the ECDSA signature of a security policy over the raw bytes, or by basic authentication in the URL. */
export const verification: Verification<SendgridSettings> = { checkHeaders, verify };

function checkHeaders(headers: IncomingHttpHeaders, source: SendgridSettings, now: number): VerificationFailure | null {
  const credentials = source.basicAuth.reveal();
  const basic = credentials.length === 0 ? null : basicAuthFault(headers, credentials);
  if (basic !== null || source.publicKeys.length === 0) return basic;
  const timestamp = one(headers, TIMESTAMP);
  if (one(headers, SIGNATURE) === null || timestamp === null) return "missing";
  if (!/^\d{1,12}$/.test(timestamp)) return "malformed";
  const age = now - Number(timestamp) * 1000;
  if (age > WINDOW_MS) return "stale";
  return age < -WINDOW_MS ? "future" : null;
}

async function verify({ headers, body }: InboundRequest, source: SendgridSettings): Promise<Verified> {
  // On the bytes as they came: decoding a form changes them.
  if (source.publicKeys.length > 0 && !isSigned(headers, body, source.publicKeys)) {
    return { kind: "unverified", why: "mismatch" };
  }
  const form = await readForm(body, headers["content-type"] ?? "");
  return { kind: "delivery", delivery: toDelivery(getDeliveryKey(body, form), null) };
}

function isSigned(headers: IncomingHttpHeaders, body: Buffer, keys: readonly string[]): boolean {
  const signature = one(headers, SIGNATURE) ?? "";
  if (!/^[A-Za-z0-9+/]{1,200}={0,2}$/.test(signature)) return false;
  const timestamp = one(headers, TIMESTAMP) ?? "";
  const bytes = Buffer.from(signature, "base64");
  return keys.some((key) => {
    try {
      const publicKey = createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" });
      return createVerify("sha256").update(timestamp, "utf8").update(body).verify(publicKey, bytes);
    } catch {
      return false;
    }
  });
}

/** SendGrid gives a post no id: content and envelope name it. A retry's form has another boundary, so not the body. */
function getDeliveryKey(body: Buffer, form: Form | null): string {
  if (form === null) return deliveryKey(contentKey([body]), []);
  const email = form.part("email");
  const recipients = toList(toObject(form.json("envelope"))?.["to"]).filter((address) => typeof address === "string");
  const parts = form.parts.filter(({ name }) => isContent(name));
  const content =
    email === undefined
      ? contentKey(parts.flatMap(({ name, bytes }) => [name, name === "headers" ? mimeContent(bytes) : bytes]))
      : mimeContent(email.bytes);
  return deliveryKey(content, recipients);
}

function isContent(name: string): boolean {
  return name === "headers" || name === "text" || name === "html" || isFileName(name);
}

function one(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : null;
}
