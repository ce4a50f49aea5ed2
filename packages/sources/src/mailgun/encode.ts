import { createHash, createHmac } from "node:crypto";
import type { EncodedRequest } from "../kind.ts";
import type { Posting } from "../posting.ts";
import { takeApart } from "../take-apart.ts";
import type { TakenApart } from "../take-apart.ts";
import { writeForm } from "../write-form.ts";
import type { FieldToWrite } from "../write-form.ts";

/** The post that a Mailgun route would make of a mail. `mime`: to a URL that ends in `mime`. */
export async function encodeMailgun(
  posting: Posting,
  { signingKey, mime }: { readonly signingKey: string; readonly mime: boolean },
): Promise<EncodedRequest> {
  const timestamp = String(Math.floor(posting.now / 1000));
  // 50 characters, new for each post.
  const token = createHash("sha256").update(posting.deliveryId).digest("hex").slice(0, 50);
  const signature = createHmac("sha256", signingKey).update(`${timestamp}${token}`).digest("hex");
  const mail = await takeApart(posting.mime);
  const fields: FieldToWrite[] = [
    { name: "recipient", value: posting.envelope.to[0] ?? "" },
    { name: "sender", value: posting.envelope.from ?? "" },
    { name: "subject", value: mail.subject },
    { name: "from", value: mail.headers.find(([name]) => name.toLowerCase() === "from")?.[1] ?? "" },
    ...(mime ? [{ name: "body-mime", value: posting.mime }] : parsedFields(mail)),
    { name: "timestamp", value: timestamp },
    { name: "token", value: token },
    { name: "signature", value: signature },
  ];
  // Mailgun posts a form without files urlencoded.
  if (fields.some(({ filename }) => filename !== undefined) || mime) return writeForm(fields);
  const form = new URLSearchParams(fields.map(({ name, value }): [string, string] => [name, String(value)]));
  return {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: Buffer.from(form.toString(), "utf8"),
  };
}

function parsedFields(mail: TakenApart): FieldToWrite[] {
  const cids = mail.attachments.flatMap(({ contentId }, index) =>
    contentId === null ? [] : [[`<${contentId}>`, `attachment-${index + 1}`]],
  );
  return [
    { name: "Message-Id", value: mail.headers.find(([name]) => name.toLowerCase() === "message-id")?.[1] ?? "" },
    { name: "message-headers", value: JSON.stringify(mail.headers) },
    { name: "body-plain", value: mail.text ?? "" },
    ...(mail.html === null ? [] : [{ name: "body-html", value: mail.html }]),
    ...(mail.attachments.length === 0 ? [] : [{ name: "attachment-count", value: String(mail.attachments.length) }]),
    ...(cids.length === 0
      ? []
      : [
          {
            name: "content-id-map",
            value: `{${cids.map((pair) => pair.map((text) => JSON.stringify(text)).join(": ")).join(", ")}}`,
          },
        ]),
    ...mail.attachments.map((file, index) => ({
      name: `attachment-${index + 1}`,
      filename: file.filename,
      contentType: file.contentType,
      value: file.bytes,
    })),
  ];
}

export { toPosting } from "../posting.ts";
