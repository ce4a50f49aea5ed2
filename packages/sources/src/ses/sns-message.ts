import { X509Certificate, createVerify } from "node:crypto";
import { toObject, toText } from "../form.ts";
import { parseBoundedJson } from "../bounded-json.ts";
import type { JsonLimits } from "../bounded-json.ts";

/** Amazon SNS's envelope of an HTTP post (docs.aws.amazon.com/sns: sns-message-and-json-formats). */
export interface SnsMessage {
  readonly type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";
  readonly messageId: string;
  readonly topicArn: string;
  readonly message: string;
  readonly timestamp: string;
  readonly signatureVersion: string;
  readonly signature: string;
  readonly signingCertUrl: string;
  /** Of a confirmation: fetched once, it confirms the subscription. */
  readonly subscribeUrl: string | null;
  /** Every string of the envelope, as signed. */
  readonly values: Readonly<Record<string, string>>;
}

/** The envelope is one flat object of a dozen strings. */
const ENVELOPE_LIMITS: JsonLimits = { depth: 8, tokens: 1000 };

/** Null when the body is no complete envelope. */
export function readSnsMessage(body: Uint8Array): SnsMessage | null {
  const json = toObject(parseBoundedJson(body, ENVELOPE_LIMITS));
  if (json === undefined) return null;
  const values = Object.fromEntries(
    Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  const type = values["Type"];
  if (type !== "Notification" && type !== "SubscriptionConfirmation" && type !== "UnsubscribeConfirmation") return null;
  const need = (name: string): string => toText(values[name]) ?? "";
  const read = {
    type,
    messageId: need("MessageId"),
    topicArn: need("TopicArn"),
    message: values["Message"] ?? "",
    timestamp: need("Timestamp"),
    signatureVersion: need("SignatureVersion"),
    signature: need("Signature"),
    signingCertUrl: toText(values["SigningCertURL"]) ?? need("SigningCertUrl"),
    subscribeUrl: toText(values["SubscribeURL"]),
    values,
  } satisfies SnsMessage;
  const complete = [
    read.messageId,
    read.topicArn,
    read.timestamp,
    read.signatureVersion,
    read.signature,
    read.signingCertUrl,
  ];
  return complete.includes("") ? null : read;
}

const SIGNED_NOTIFICATION = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const SIGNED_CONFIRMATION = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

/** The signed text (sns-verify-signature-of-message-verify-message-signature): names and values in this order, a line each. */
export function signedText({ type, values }: Pick<SnsMessage, "type" | "values">): string {
  return (type === "Notification" ? SIGNED_NOTIFICATION : SIGNED_CONFIRMATION)
    .flatMap((name) => (values[name] === undefined ? [] : [`${name}\n${values[name]}\n`]))
    .join("");
}

/** Signature versions by their hash: `1` is SNS's default, `2` the recommended one. */
const HASHES: Readonly<Record<string, string>> = { "1": "RSA-SHA1", "2": "RSA-SHA256" };

/** Whether the certificate's key signed the envelope and the certificate is in force. False for anything that cannot be read. */
export function isSigned(message: SnsMessage, pem: string, now: number): boolean {
  const hash = HASHES[message.signatureVersion];
  if (hash === undefined) return false;
  try {
    const certificate = new X509Certificate(pem);
    if (now < certificate.validFromDate.getTime() || now > certificate.validToDate.getTime()) return false;
    return createVerify(hash)
      .update(signedText(message), "utf8")
      .verify(certificate.publicKey, Buffer.from(message.signature, "base64"));
  } catch {
    return false;
  }
}

/**
 * Whether an address is one of SNS itself: https on the usual port, `sns.<region>.amazonaws.com`, no user. `ending` is what its path must
 * end with. Checked before anything is fetched: anyone who posts chooses these addresses.
 */
export function isSnsAddress(url: string, ending = ""): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  return (
    protocol === "https:" &&
    /^sns\.[a-zA-Z0-9-]{3,}\.amazonaws\.com(\.cn)?$/.test(hostname) &&
    port === "" &&
    username === "" &&
    password === "" &&
    pathname.endsWith(ending)
  );
}
