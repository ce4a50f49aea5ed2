import type { IncomingHttpHeaders } from "node:http";
import { basicAuthFault } from "../basic-auth.ts";
import { deliveryKey, storableId, toDelivery } from "../delivery-key.ts";
import { parseJson, toList, toObject, toText } from "../form.ts";
import type { InboundRequest, Verification, VerificationContext, VerificationFailure, Verified } from "../kind.ts";
import type { SesSettings } from "./settings.ts";
import { isSigned, isSnsAddress, readSnsMessage } from "./sns-message.ts";
import type { SnsMessage } from "./sns-message.ts";

/**
 * By SNS's signature, with a certificate of its own host, and a topic that the tenant's file lists: a valid signature alone only says that
 * some topic sent it.
 */
export const verification: Verification<SesSettings> = { checkHeaders, verify };

function checkHeaders(headers: IncomingHttpHeaders, source: SesSettings): VerificationFailure | null {
  // Raw delivery has no envelope, so nothing that could be verified.
  if (headers["x-amz-sns-rawdelivery"] === "true") return "missing";
  const credentials = source.basicAuth.reveal();
  return credentials.length === 0 ? null : basicAuthFault(headers, credentials);
}

async function verify(
  { headers, body }: InboundRequest,
  source: SesSettings,
  context: VerificationContext,
): Promise<Verified> {
  const message = readSnsMessage(body);
  if (message === null) return { kind: "unverified", why: "malformed" };
  if (
    !agrees(headers, "x-amz-sns-message-type", message.type) ||
    !agrees(headers, "x-amz-sns-message-id", message.messageId)
  ) {
    return { kind: "unverified", why: "malformed" };
  }
  if (!source.topicArns.includes(message.topicArn)) return { kind: "unverified", why: "mismatch" };
  if (!source.signatureVersions.includes(message.signatureVersion)) return { kind: "unverified", why: "mismatch" };
  if (!isSnsAddress(message.signingCertUrl, ".pem")) return { kind: "unverified", why: "mismatch" };
  const certificate = source.certificate ?? (await context.certificate(message.signingCertUrl).catch(() => null));
  if (certificate === null) return { kind: "undecided", what: "SNS's certificate cannot be fetched" };
  return isSigned(message, certificate, context.now) ? identify(message) : { kind: "unverified", why: "mismatch" };
}

/** A header that repeats a field of the body must say the same; without it the body counts. */
function agrees(headers: IncomingHttpHeaders, name: string, value: string): boolean {
  return headers[name] === undefined || headers[name] === value;
}

function identify(message: SnsMessage): Verified {
  if (message.type === "UnsubscribeConfirmation") return { kind: "notice", what: "the topic was unsubscribed" };
  if (message.type === "SubscriptionConfirmation") {
    return message.subscribeUrl !== null && isSnsAddress(message.subscribeUrl)
      ? { kind: "confirmation", url: message.subscribeUrl }
      : { kind: "unverified", why: "mismatch" };
  }
  const event = toObject(parseJson(message.message));
  if (event === undefined && message.message.startsWith("Successfully validated SNS topic")) {
    return { kind: "notice", what: "SES validated the topic" };
  }
  const type = toText(event?.["notificationType"]) ?? toText(event?.["eventType"]);
  if (type !== null && type !== "Received")
    return { kind: "not_email", what: "an SES event of another kind than received email" };
  const mail = toObject(event?.["mail"]);
  const id = storableId(mail?.["messageId"]);
  // One message that several receipt rules match comes once for each, with that rule's recipients.
  const recipients = toList(toObject(event?.["receipt"])?.["recipients"]).filter((to) => typeof to === "string");
  const receivedAt = Date.parse(toText(mail?.["timestamp"]) ?? "");
  return {
    kind: "delivery",
    delivery: toDelivery(
      id === null ? message.messageId : deliveryKey(id, recipients),
      id ?? storableId(message.messageId),
      Number.isFinite(receivedAt) ? receivedAt : null,
    ),
  };
}
