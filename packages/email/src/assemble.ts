import type { Envelope, Mailbox } from "@inlet/schemas";
import { parseAddresses } from "./headers/addresses.ts";
import { describeAttachments } from "./attachments/attachments.ts";
import type { AttachmentSource } from "./attachments/attachments.ts";
import { readAuthentication } from "./classify/authentication.ts";
import { readAuthors } from "./headers/author.ts";
import type { Bodies } from "./mime/body-text.ts";
import { classify } from "./classify/classify.ts";
import { cleanLine, cleanText } from "./charset/clean-text.ts";
import { readForwarded } from "./contact/read-forward.ts";
import { hashContent } from "./content-hash.ts";
import { parseDate } from "./headers/dates.ts";
import { firstValue, rawValues } from "./headers/header-fields.ts";
import type { Field } from "./headers/header-fields.ts";
import { referencedCids, sanitize } from "./html/html.ts";
import { textBetweenTags, readSafeHtmlText } from "./html/html-text.ts";
import { TRUNCATION_LIMITS } from "./limits.ts";
import { findPictures } from "./html/pictures.ts";
import type { Pictures } from "./html/pictures.ts";
import type { EmailContent, ParseOptions } from "./port.ts";
import { extractReply } from "./reply/reply-text.ts";
import { readSpam } from "./classify/spam.ts";
import { conversationRoot, keptReferences, messageId, messageIds, repliedTo } from "./headers/threading.ts";

/** A message taken apart, whichever way it came. */
export interface MessageParts {
  /** All header fields in order; JSON forms add the fields that their own properties stand for. */
  readonly fields: readonly Field[];
  readonly bodies: Bodies;
  readonly files: readonly AttachmentSource[];
  /** Other forms of the text that programs read (`MimeTree`). */
  readonly alternatives?: readonly AttachmentSource[];
  /** Content-Location of the html, if it has one. */
  readonly htmlLocation?: string | null;
  readonly envelope: Envelope | null;
  /** Codes of schemas/src/warnings.ts, and those that a source adds. */
  readonly warnings: readonly string[];
}

/** Makes the email of its parts: everything that one message tells by itself. */
export async function assemble(parts: MessageParts, options: ParseOptions = {}): Promise<EmailContent> {
  const { fields } = parts;
  const warnings = new Set(parts.warnings);
  const text = parts.bodies.text === null ? null : cleanText(parts.bodies.text);
  const sentHtml = parts.bodies.html === null ? null : cleanText(parts.bodies.html);
  const pictures = findPictures(sentHtml === null ? [] : parts.files, parts.htmlLocation ?? null);
  const html = safeHtml(sentHtml, pictures.cidAt, warnings);
  const htmlAsText = text === null && sentHtml !== null ? readable(sentHtml, html) : null;
  const attachments = await describeAttachments(
    sentHtml === null ? parts.files : pictures.files(),
    sentHtml === null ? new Set() : new Set([...referencedCids(sentHtml), ...pictures.shown]),
  );
  const alternatives = await describeAttachments(parts.alternatives ?? [], new Set());

  const froms = readAuthors(rawValues(fields, "From"));
  if (froms.length === 0) warnings.add(rawValues(fields, "From").length === 0 ? "from_missing" : "from_unreadable");
  if (froms.length > 1) warnings.add("several_from");
  if (rawValues(fields, "Message-ID").length > 1) warnings.add("several_message_ids");
  const id = messageId(rawValues(fields, "Message-ID").find((value) => value !== "") ?? null);
  const dateAsSent = rawValues(fields, "Date").find((value) => value !== "") ?? null;
  const date = parseDate(dateAsSent);
  if (dateAsSent !== null && date === null) warnings.add("date_unreadable");
  const references = messageIds(rawValues(fields, "References").join(" "));
  if (references.length > TRUNCATION_LIMITS.references) warnings.add("references_cut");
  const inReplyTo = repliedTo(rawValues(fields, "In-Reply-To").join(" "));
  const subject = cleanLine(firstValue(fields, "Subject"));
  const from = froms[0] ?? null;
  const to = readAddresses(fields, "To", warnings);
  const cc = readAddresses(fields, "Cc", warnings);
  const replyTo = readAddresses(fields, "Reply-To", warnings);
  const reply = extractReply({ text, textOfHtml: htmlAsText, html, from });
  const contentHash = hashContent({ from, to, cc, dateAsSent, subject, text, html: sentHtml, attachments });

  return {
    envelope: parts.envelope,
    messageId: id,
    inReplyTo,
    references: keptReferences(references),
    from,
    sender: parseAddresses(rawValues(fields, "Sender"))[0] ?? null,
    replyTo,
    to,
    cc,
    bcc: readAddresses(fields, "Bcc", warnings),
    date,
    dateAsSent,
    subject,
    text: text ?? htmlAsText,
    html,
    ...reply,
    attachments,
    auth: readAuthentication(fields, options.trustedAuthservIds ?? [], from?.email ?? null),
    ...readSpam(fields),
    classification: classify({
      fields,
      from,
      replyTo,
      to,
      subject,
      inReplyTo,
      references,
      text: text ?? htmlAsText,
      words: reply.replyText,
      parts: [...attachments, ...alternatives],
    }),
    forwarded: await readForwarded({ subject, text: text ?? htmlAsText, files: parts.files.map(toFile) }),
    headers: fields.map(({ name, value }) => ({ name, value })),
    contentHash,
    conversationRoot: conversationRoot({
      references,
      inReplyTo,
      outlook: {
        index: firstValue(fields, "Thread-Index"),
        topic: firstValue(fields, "Thread-Topic"),
        subject,
      },
      messageId: id,
      contentHash,
    }),
    warnings: [...warnings].slice(0, TRUNCATION_LIMITS.warnings),
  };
}

function toFile({ contentType, filename, bytes }: AttachmentSource): {
  contentType: string;
  filename: string | null;
  bytes: Uint8Array | null;
} {
  return { contentType: contentType ?? "", filename, bytes };
}

function readAddresses(fields: readonly Field[], name: string, warnings: Set<string>): Mailbox[] {
  const found = parseAddresses(rawValues(fields, name));
  if (found.length >= TRUNCATION_LIMITS.addresses) warnings.add("addresses_cut");
  return found;
}

function readable(sent: string, safe: string | null): string | null {
  return (safe === null ? textBetweenTags(sent) : readSafeHtmlText(safe)) || null;
}

function safeHtml(sent: string | null, cidAt: Pictures["cidAt"], warnings: Set<string>): string | null {
  if (sent === null) return null;
  if (sent.length > TRUNCATION_LIMITS.htmlChars) warnings.add("html_cut");
  const safe = sanitize(sent, cidAt);
  if (safe === null) warnings.add("html_too_deep");
  return safe || null;
}
