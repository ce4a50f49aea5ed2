import { createPublicKey, createVerify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { SourceConfig } from "@inlet/config";
import { mimeContent } from "@inlet/email";
import { basicAuthFault } from "../basic-auth.ts";
import { contentKey, deliveryKey } from "../delivery-key.ts";
import { listOf, objectOf, readForm } from "../form.ts";
import type { Form } from "../form.ts";
import type { Disbelief, DoorRequest, Opened, Provider } from "../port.ts";
import { extractForm, isFileName } from "./extract.ts";

const SIGNATURE = "x-twilio-email-event-webhook-signature";
const TIMESTAMP = "x-twilio-email-event-webhook-timestamp";
/** As for our own senders. */
const WINDOW_MS = 5 * 60_000;

/**
 * SendGrid's Inbound Parse (twilio.com/docs/sendgrid: receiving email, securing your Parse webhooks): a multipart form, parsed or with the
 * raw mail in `email`. Believed by the ECDSA signature of a security policy over the raw bytes, or by basic authentication in the URL.
 * It queues after 5xx; since it contradicts itself on 4xx, what is believed is never refused.
 */
export const sendgrid: Provider = {
  kind: "sendgrid",
  mediaTypes: ["multipart/form-data"],
  answers: { accepted: 202, later: 503, never: null },
  checkHeaders,
  open: openPost,
  extract: extractForm,
};

function checkHeaders(headers: IncomingHttpHeaders, source: SourceConfig, now: number): Disbelief | null {
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

async function openPost({ headers, body }: DoorRequest, source: SourceConfig): Promise<Opened> {
  // On the bytes as they came: decoding a form changes them.
  if (source.publicKeys.length > 0 && !isSigned(headers, body, source.publicKeys)) {
    return { kind: "disbelieved", why: "mismatch" };
  }
  const form = await readForm(body, headers["content-type"] ?? "");
  return { kind: "delivery", delivery: { key: keyOf(body, form), deliveryId: null, receivedAt: null } };
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
function keyOf(body: Buffer, form: Form | null): string {
  if (form === null) return deliveryKey(contentKey([body]), []);
  const email = form.part("email");
  const recipients = listOf(objectOf(form.json("envelope"))?.["to"]).filter((address) => typeof address === "string");
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
