import { createSign } from "node:crypto";
import type { EncodedRequest, StoredElsewhere } from "../kind.ts";
import type { Posting } from "../posting.ts";
import { signedText } from "./sns-message.ts";

export interface SesSetting {
  readonly topicArn: string;
  /** PEM of the key that belongs to the certificate. */
  readonly privateKey: string;
  /** `2`, or `1` for SNS's old default. */
  readonly signatureVersion?: "1" | "2";
  /** Where the receipt rule stored the mail, if it did. */
  readonly stored?: StoredElsewhere;
  /** SES's id of the mail; default: the posting's deliveryId. */
  readonly sesMessageId?: string;
}

/** The notification that SNS would post for a mail that SES received. */
export function encodeSes(posting: Posting, setting: SesSetting): EncodedRequest {
  const at = new Date(posting.now).toISOString();
  const pass = { status: "PASS" };
  const message = {
    notificationType: "Received",
    mail: {
      timestamp: at,
      source: posting.envelope.from ?? "",
      messageId: setting.sesMessageId ?? posting.deliveryId,
      destination: posting.envelope.to,
    },
    receipt: {
      timestamp: at,
      recipients: posting.envelope.to,
      spamVerdict: pass,
      virusVerdict: pass,
      spfVerdict: pass,
      dkimVerdict: { status: "GRAY" },
      dmarcVerdict: pass,
      action:
        setting.stored === undefined
          ? { type: "SNS", topicArn: setting.topicArn, encoding: "BASE64" }
          : {
              type: "S3",
              topicArn: setting.topicArn,
              bucketName: setting.stored.bucket,
              objectKey: setting.stored.key,
            },
    },
    ...(setting.stored === undefined ? { content: posting.mime.toString("base64") } : {}),
  };
  return signSns(
    {
      Type: "Notification",
      MessageId: posting.deliveryId,
      TopicArn: setting.topicArn,
      Message: JSON.stringify(message),
      Timestamp: at,
    },
    setting,
  );
}

/** An SNS post with its signature; `values` are the fields of its envelope. */
export function signSns(
  values: Readonly<Record<string, string>> & {
    readonly Type: string;
    readonly MessageId: string;
    readonly TopicArn: string;
  },
  { privateKey, signatureVersion = "2" }: Pick<SesSetting, "privateKey" | "signatureVersion">,
): EncodedRequest {
  const signature = createSign(signatureVersion === "2" ? "RSA-SHA256" : "RSA-SHA1")
    .update(signedText({ type: values.Type as "Notification", values }), "utf8")
    .sign(privateKey, "base64");
  const body = {
    ...values,
    SignatureVersion: signatureVersion,
    Signature: signature,
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-demo.pem",
    UnsubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${values.TopicArn}:demo`,
  };
  return {
    headers: {
      "content-type": "text/plain; charset=UTF-8",
      "x-amz-sns-message-type": values.Type,
      "x-amz-sns-message-id": values.MessageId,
      "x-amz-sns-topic-arn": values.TopicArn,
    },
    body: Buffer.from(JSON.stringify(body), "utf8"),
  };
}

export { toPosting } from "../posting.ts";
