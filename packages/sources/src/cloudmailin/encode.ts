import type { EncodedRequest } from "../kind.ts";
import type { Posting } from "../posting.ts";
import { takeApart } from "../take-apart.ts";
import { basicAuthorization, writeForm } from "../write-form.ts";

export type CloudmailinFormat = "json" | "multipart" | "raw";

/** The post that CloudMailin would make of a mail, in one of its formats. */
export async function encodeCloudmailin(
  posting: Posting,
  { credential, format }: { readonly credential: string; readonly format: CloudmailinFormat },
): Promise<EncodedRequest> {
  const { from, to } = posting.envelope;
  const envelope = { to: to[0] ?? "", from: from ?? "", helo_domain: "mail.example.com", remote_ip: "192.0.2.10" };
  const spf = { result: "pass", domain: (from ?? "@").split("@")[1] ?? "" };
  const authorization = basicAuthorization(credential);
  const envelopeFields = [
    ...Object.entries(envelope).map(([name, value]) => ({ name: `envelope[${name}]`, value })),
    ...to.map((value, index) => ({ name: `envelope[recipients][${index}]`, value })),
    { name: "envelope[spf][result]", value: spf.result },
    { name: "envelope[spf][domain]", value: spf.domain },
  ];
  if (format === "raw") {
    const { headers, body } = writeForm([{ name: "message", value: posting.mime }, ...envelopeFields]);
    return { headers: { ...headers, ...authorization }, body };
  }
  const mail = await takeApart(posting.mime);
  const fields = new Map<string, string[]>();
  for (const [name, value] of mail.headers) {
    const key = name.toLowerCase().replaceAll("-", "_");
    fields.set(key, [...(fields.get(key) ?? []), value]);
  }
  if (format === "multipart") {
    const { headers, body } = writeForm([
      ...[...fields].flatMap(([name, values]) =>
        values.map((value, index) => ({
          name: values.length > 1 ? `headers[${name}][${index}]` : `headers[${name}]`,
          value,
        })),
      ),
      ...envelopeFields,
      ...(mail.text === null ? [] : [{ name: "plain", value: mail.text }]),
      ...(mail.html === null ? [] : [{ name: "html", value: mail.html }]),
      ...mail.attachments.flatMap((file, index) => [
        { name: `attachments[${index}]`, filename: file.filename, contentType: file.contentType, value: file.bytes },
        ...(file.contentId === null ? [] : [{ name: `attachments[${index}][content_id]`, value: file.contentId }]),
        { name: `attachments[${index}][disposition]`, value: file.inline ? "inline" : "attachment" },
      ]),
    ]);
    return { headers: { ...headers, ...authorization }, body };
  }
  const json = {
    headers: Object.fromEntries(
      [...fields].map(([name, values]) => [name, values.length > 1 ? values : (values[0] ?? "")]),
    ),
    envelope: { ...envelope, recipients: to, spf, tls: true },
    plain: mail.text ?? "",
    html: mail.html ?? "",
    reply_plain: "",
    attachments: mail.attachments.map((file) => ({
      content: file.bytes.toString("base64"),
      file_name: file.filename,
      content_type: file.contentType,
      size: file.bytes.length,
      disposition: file.inline ? "inline" : "attachment",
      ...(file.contentId === null ? {} : { content_id: file.contentId }),
    })),
  };
  return {
    headers: { "content-type": "application/json", ...authorization },
    body: Buffer.from(JSON.stringify(json), "utf8"),
  };
}

export { toPosting } from "../posting.ts";
