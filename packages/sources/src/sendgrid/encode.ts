import { createPrivateKey, sign } from "node:crypto";
import type { EncodedRequest } from "../kind.ts";
import type { Posting } from "../posting.ts";
import { takeApart } from "../take-apart.ts";
import { basicAuthorization, writeForm } from "../write-form.ts";
import type { FieldToWrite } from "../write-form.ts";

export interface SendgridCredentials {
  /** user:password of the URL. */
  readonly basic: string | null;
  /** Private key of the security policy, PEM (P-256). */
  readonly privateKey: string | null;
}

/** The post that Inbound Parse would make of a mail. `raw`: with "POST the raw, full MIME message". */
export async function encodeSendgrid(
  posting: Posting,
  { basic, privateKey, raw }: SendgridCredentials & { readonly raw: boolean },
): Promise<EncodedRequest> {
  const { headers, body } = writeForm(raw ? rawFields(posting) : await parsedFields(posting));
  const timestamp = String(Math.floor(posting.now / 1000));
  const signature =
    privateKey === null
      ? {}
      : {
          "x-twilio-email-event-webhook-timestamp": timestamp,
          "x-twilio-email-event-webhook-signature": sign(
            "sha256",
            Buffer.concat([Buffer.from(timestamp), body]),
            createPrivateKey(privateKey),
          ).toString("base64"),
        };
  return { headers: { ...headers, ...signature, ...(basic === null ? {} : basicAuthorization(basic)) }, body };
}

function envelopeField({ envelope }: Posting): FieldToWrite {
  return { name: "envelope", value: JSON.stringify({ to: envelope.to, from: envelope.from ?? "" }) };
}

function rawFields(posting: Posting): FieldToWrite[] {
  return [{ name: "email", value: posting.mime }, envelopeField(posting), { name: "spam_score", value: "0.1" }];
}

async function parsedFields(posting: Posting): Promise<FieldToWrite[]> {
  const mail = await takeApart(posting.mime);
  const info = Object.fromEntries(
    mail.attachments.map((file, index) => [
      `attachment${index + 1}`,
      {
        filename: file.filename,
        name: file.filename,
        type: file.contentType,
        ...(file.contentId === null ? {} : { "content-id": file.contentId }),
      },
    ]),
  );
  const value = (name: string): string => mail.headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
  return [
    { name: "headers", value: mail.headerBlock },
    { name: "dkim", value: "none" },
    { name: "to", value: value("to") },
    { name: "from", value: value("from") },
    { name: "subject", value: mail.subject },
    ...(mail.text === null ? [] : [{ name: "text", value: mail.text }]),
    ...(mail.html === null ? [] : [{ name: "html", value: mail.html }]),
    { name: "sender_ip", value: "192.0.2.10" },
    envelopeField(posting),
    { name: "attachments", value: String(mail.attachments.length) },
    ...(mail.attachments.length === 0 ? [] : [{ name: "attachment-info", value: JSON.stringify(info) }]),
    {
      name: "charsets",
      value: JSON.stringify({ to: "UTF-8", from: "UTF-8", subject: "UTF-8", text: "UTF-8", html: "UTF-8" }),
    },
    { name: "SPF", value: "pass" },
    { name: "spam_score", value: "0.1" },
    ...mail.attachments.map((file, index) => ({
      name: `attachment${index + 1}`,
      filename: file.filename,
      contentType: file.contentType,
      value: file.bytes,
    })),
  ];
}

export { toPosting } from "../posting.ts";
