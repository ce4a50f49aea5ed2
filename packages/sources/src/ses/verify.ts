import type { IncomingHttpHeaders } from "node:http";
import type { SourceConfig } from "@inlet/config";
import { basicAuthFault } from "../basic-auth.ts";
import { deliveryKey, storableId } from "../delivery-key.ts";
import { jsonOf, listOf, objectOf, stringOf } from "../form.ts";
import type { Disbelief, DoorContext, DoorRequest, Opened, Provider } from "../port.ts";
import { extractNotification } from "./extract.ts";
import { isSigned, isSnsAddress, readSnsMessage } from "./sns-message.ts";
import type { SnsMessage } from "./sns-message.ts";

/**
 * Amazon SES receiving through an SNS topic (docs.aws.amazon.com/ses: receiving-email-notifications). Believed when SNS signed it, with a
 * certificate of its own host, and the topic is one that the tenant's file lists: a valid signature alone only says that some topic sent
 * it. Every answer below 500 ends the delivery for SNS, so "later" is always 503.
 */
export const ses: Provider = {
  kind: "ses",
  // SNS says text/plain by default, whatever the body is.
  mediaTypes: null,
  // An SNS message has 256 KiB at most; as a JSON string of its escapes up to a few times that.
  mostBodyBytes: 2 * 1024 * 1024,
  answers: { accepted: 200, later: 503, never: null },
  checkHeaders,
  open: openPost,
  extract: (body, _contentType, options) => extractNotification(body, options),
};

function checkHeaders(headers: IncomingHttpHeaders, source: SourceConfig): Disbelief | null {
  // Raw delivery has no envelope, so nothing that could be verified.
  if (headers["x-amz-sns-rawdelivery"] === "true") return "missing";
  const credentials = source.basicAuth.reveal();
  return credentials.length === 0 ? null : basicAuthFault(headers, credentials);
}

async function openPost({ headers, body }: DoorRequest, source: SourceConfig, context: DoorContext): Promise<Opened> {
  const message = readSnsMessage(body);
  if (message === null) return { kind: "disbelieved", why: "malformed" };
  if (
    !agrees(headers, "x-amz-sns-message-type", message.type) ||
    !agrees(headers, "x-amz-sns-message-id", message.messageId)
  ) {
    return { kind: "disbelieved", why: "malformed" };
  }
  const { sns } = source;
  if (sns?.topicArns.includes(message.topicArn) !== true) return { kind: "disbelieved", why: "mismatch" };
  if (!sns.signatureVersions.includes(message.signatureVersion)) return { kind: "disbelieved", why: "mismatch" };
  if (!isSnsAddress(message.signingCertUrl, ".pem")) return { kind: "disbelieved", why: "mismatch" };
  const certificate = sns.certificate ?? (await context.certificate(message.signingCertUrl).catch(() => null));
  if (certificate === null) return { kind: "undecided", what: "SNS's certificate cannot be fetched" };
  return isSigned(message, certificate, context.now) ? opened(message) : { kind: "disbelieved", why: "mismatch" };
}

/** A header that repeats a field of the body must say the same; without it the body counts. */
function agrees(headers: IncomingHttpHeaders, name: string, value: string): boolean {
  return headers[name] === undefined || headers[name] === value;
}

function opened(message: SnsMessage): Opened {
  if (message.type === "UnsubscribeConfirmation") return { kind: "notice", what: "the topic was unsubscribed" };
  if (message.type === "SubscriptionConfirmation") {
    return message.subscribeUrl !== null && isSnsAddress(message.subscribeUrl)
      ? { kind: "confirmation", url: message.subscribeUrl }
      : { kind: "disbelieved", why: "mismatch" };
  }
  const event = objectOf(jsonOf(message.message));
  if (event === undefined && message.message.startsWith("Successfully validated SNS topic")) {
    return { kind: "notice", what: "SES validated the topic" };
  }
  const type = stringOf(event?.["notificationType"]) ?? stringOf(event?.["eventType"]);
  if (type !== null && type !== "Received")
    return { kind: "not_email", what: "an SES event of another kind than received email" };
  const mail = objectOf(event?.["mail"]);
  const id = storableId(mail?.["messageId"]);
  // One message that several receipt rules match comes once for each, with that rule's recipients.
  const recipients = listOf(objectOf(event?.["receipt"])?.["recipients"]).filter((to) => typeof to === "string");
  const receivedAt = Date.parse(stringOf(mail?.["timestamp"]) ?? "");
  return {
    kind: "delivery",
    delivery: {
      key: id === null ? message.messageId : deliveryKey(id, recipients),
      deliveryId: id ?? storableId(message.messageId),
      receivedAt: Number.isFinite(receivedAt) ? receivedAt : null,
    },
  };
}
