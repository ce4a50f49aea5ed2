import type { EncodedRequest } from "../kind.ts";
import type { Posting } from "../posting.ts";
import { takeApart } from "../take-apart.ts";
import type { Entry } from "../take-apart.ts";
import { basicAuthorization } from "../write-form.ts";

const LIFTED = new Set(["from", "to", "cc", "bcc", "subject", "date", "reply-to"]);

/** The post that Postmark would make of a mail. `rawEmail`: with the server's option to include it. */
export async function encodePostmark(
  posting: Posting,
  { credential, rawEmail = false }: { readonly credential: string; readonly rawEmail?: boolean },
): Promise<EncodedRequest> {
  const mail = await takeApart(posting.mime);
  const value = (name: string): string => mail.headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
  const full = (entries: readonly Entry[]) =>
    entries.map(({ name, email }) => ({ Email: email, Name: name, MailboxHash: "" }));
  const written = (entries: readonly Entry[]): string =>
    entries.map(({ name, email }) => (name === "" ? email : `"${name}" <${email}>`)).join(", ");
  const from = mail.from[0];
  const body = {
    FromName: from?.name ?? "",
    MessageStream: "inbound",
    From: from?.email ?? "",
    FromFull: { Email: from?.email ?? "", Name: from?.name ?? "", MailboxHash: "" },
    To: written(mail.to),
    ToFull: full(mail.to),
    Cc: written(mail.cc),
    CcFull: full(mail.cc),
    Bcc: written(mail.bcc),
    BccFull: full(mail.bcc),
    OriginalRecipient: posting.envelope.to[0] ?? "",
    Subject: mail.subject,
    MessageID: posting.deliveryId,
    ReplyTo: value("reply-to"),
    MailboxHash: "",
    Date: value("date"),
    TextBody: mail.text ?? "",
    HtmlBody: mail.html ?? "",
    StrippedTextReply: "",
    Tag: "",
    ...(rawEmail ? { RawEmail: posting.mime.toString("utf8") } : {}),
    Headers: [
      ...(posting.envelope.from === null ? [] : [{ Name: "Return-Path", Value: `<${posting.envelope.from}>` }]),
      ...mail.headers.filter(([name]) => !LIFTED.has(name.toLowerCase())).map(([Name, Value]) => ({ Name, Value })),
    ],
    Attachments: mail.attachments.map((file) => ({
      Name: file.filename,
      Content: file.bytes.toString("base64"),
      ContentType: file.contentType,
      ContentLength: file.bytes.length,
      ContentID: file.contentId ?? "",
    })),
  };
  return {
    headers: { "content-type": "application/json", "user-agent": "Postmark", ...basicAuthorization(credential) },
    body: Buffer.from(JSON.stringify(body), "utf8"),
  };
}

export { toPosting } from "../posting.ts";
