import { createHmac, timingSafeEqual } from "node:crypto";
import { mimeContent } from "@inlet/domain";
import { basicAuthFault } from "../basic-auth.ts";
import { contentFields, contentKey, deliveryKey, storableId, toDelivery } from "../delivery-key.ts";
import { findFields } from "../form-scan.ts";
import { readForm } from "../form.ts";
import type { Form } from "../form.ts";
import type { InboundRequest, Verification, VerificationContext, Verified } from "../kind.ts";
import { headerPairs, isFile } from "./form-fields.ts";
import type { MailgunSettings } from "./settings.ts";

/** Fields of a parsed post that are the email, not Mailgun's word on it or what it derives from the email. */
const CONTENT = ["from", "subject", "body-plain", "body-html", "attachments"];

/** How far the timestamp may be ahead of our clock, ms. */
const AHEAD_MS = 5 * 60_000;

/**
 * By a signature of timestamp and token alone, never of the body; so a token counts for one email only, and basic authentication may be
 * asked for besides.
 */
export const verification: Verification<MailgunSettings> = {
  checkHeaders: (headers, source) => {
    const credentials = source.basicAuth.reveal();
    return credentials.length === 0 ? null : basicAuthFault(headers, credentials);
  },
  verify,
};

/** The fields that Mailgun proves itself with. */
const PROOF = ["timestamp", "token", "signature"] as const;

async function verify(
  { headers, body }: InboundRequest,
  source: MailgunSettings,
  context: VerificationContext,
): Promise<Verified> {
  const contentType = headers["content-type"] ?? "";
  // Looked for in the bytes: anyone who is not Mailgun must not make us read a form.
  const proof = findFields(body, contentType, PROOF);
  if (proof === null) return { kind: "unverified", why: "malformed" };
  const { timestamp, token, signature } = proof;
  if (timestamp === undefined || token === undefined || signature === undefined) {
    return { kind: "unverified", why: "missing" };
  }
  if (!/^\d{1,12}$/.test(timestamp) || token.length > 256 || !/^[0-9a-f]{64}$/i.test(signature)) {
    return { kind: "unverified", why: "malformed" };
  }
  const sentAt = Number(timestamp) * 1000;
  if (context.now - sentAt > source.signatureWindowMs) return { kind: "unverified", why: "stale" };
  if (sentAt - context.now > AHEAD_MS) return { kind: "unverified", why: "future" };
  const given = Buffer.from(signature, "hex");
  const valid = source.secrets
    .reveal()
    .map((secret) => timingSafeEqual(given, createHmac("sha256", secret).update(`${timestamp}${token}`).digest()));
  if (!valid.includes(true)) return { kind: "unverified", why: "mismatch" };

  const form = await readForm(body, contentType);
  // A signature field that appears more than once: the last is Mailgun's, user variables come before it.
  if (form === null || PROOF.some((name) => form.text(name) !== proof[name])) {
    return { kind: "unverified", why: "malformed" };
  }
  if (isEventWebhook(form)) return { kind: "not_email", what: "a Mailgun event webhook" };
  const key = getDeliveryKey(form);
  // Anyone who saw one triple could send any body with it: it stays with the email that it first came with.
  if (!context.bindToken(token, key, sentAt + source.signatureWindowMs)) return { kind: "unverified", why: "reused" };
  return { kind: "delivery", delivery: toDelivery(key, storableId(token), sentAt) };
}

/** Today's have `event-data`; those of before 2018 name their `event`, and never have the text that a route always posts. */
function isEventWebhook(form: Form): boolean {
  if (form.part("event-data") !== undefined) return true;
  return (
    form.part("event") !== undefined && form.part("body-plain") === undefined && form.part("body-mime") === undefined
  );
}

/** By what it says and its recipient: whether a retry of Mailgun's has the same token is not documented. */
function getDeliveryKey(form: Form): string {
  const mime = form.part("body-mime");
  const named = [...contentFields(headerPairs(form)), ...CONTENT.flatMap((name) => [name, form.text(name) ?? ""])];
  const files = form.parts.filter(isFile).map(({ bytes }) => bytes);
  const content = mime === undefined ? contentKey([...named, ...files]) : mimeContent(mime.bytes);
  return deliveryKey(content, [form.text("recipient") ?? ""]);
}
