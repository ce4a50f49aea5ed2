import {
  encodeCloudmailin,
  encodeMailgun,
  encodePostmark,
  encodeSendgrid,
  encodeSes,
  postingOf,
  PROVIDER_KINDS,
} from "@inlet/sources";
import { headerPair, standardWebhook } from "./sign.ts";

/** The source kinds that Inlet's own command can speak. */
export const SENDABLE_KINDS = ["signed-json", "standard-webhooks", "raw-mime", ...PROVIDER_KINDS] as const;
export type SendableKind = (typeof SENDABLE_KINDS)[number];

export interface ToSend {
  readonly kind: SendableKind;
  /** Of most kinds the source's secret; of sendgrid the user:password, or empty. */
  readonly secret: string;
  /** PEM of the private key that signs for kinds ses and sendgrid. */
  readonly privateKey?: string | undefined;
  /** Of kind ses. */
  readonly topicArn?: string | undefined;
  /** Whether a provider that has both forms posts the raw mail. */
  readonly rawForm?: boolean | undefined;
  /** The sender's own id of this delivery; sending it again is a duplicate. */
  readonly senderEventId: string;
  /** The email's bytes, as an SMTP server would receive them. */
  readonly mime: Uint8Array;
  /** `mime` is the whole body already (a JSON document), to be signed as it is. */
  readonly asItIs: boolean;
}

export interface HttpRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The request that a sender of the kind would make of the email. `now` in epoch ms. */
export async function buildRequest(send: ToSend, now: number): Promise<HttpRequest> {
  const { kind, secret, senderEventId, rawForm = false } = send;
  const mime = Buffer.from(send.mime);
  switch (kind) {
    case "raw-mime":
      return { body: mime, headers: { "content-type": "message/rfc822", ...headerPair(mime, secret, now) } };
    case "signed-json":
    case "standard-webhooks": {
      const json = JSON.stringify({ eventId: senderEventId, raw: mime.toString("base64") });
      const body = send.asItIs ? mime : Buffer.from(json);
      const signature =
        kind === "signed-json" ? headerPair(body, secret, now) : standardWebhook(body, senderEventId, secret, now);
      return { body, headers: { "content-type": "application/json", ...signature } };
    }
    default:
      break;
  }
  const posting = await postingOf(mime, senderEventId, now);
  switch (kind) {
    case "postmark":
      return encodePostmark(posting, { credential: secret, rawEmail: rawForm });
    case "mailgun":
      return encodeMailgun(posting, { signingKey: secret, mime: rawForm });
    case "sendgrid":
      return encodeSendgrid(posting, {
        basic: secret === "" ? null : secret,
        privateKey: send.privateKey ?? null,
        raw: rawForm,
      });
    case "ses":
      return encodeSes(posting, { topicArn: send.topicArn ?? "", privateKey: send.privateKey ?? "" });
    case "cloudmailin":
      return encodeCloudmailin(posting, { credential: secret, format: rawForm ? "raw" : "json" });
  }
}
