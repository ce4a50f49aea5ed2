import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { identify, parseMime } from "@inlet/email";
import type { EmailContent } from "@inlet/email";
import { getSourceKind, type EncodedRequest } from "@inlet/sources";
import {
  encodeCloudmailin,
  encodeMailgun,
  encodePostmark,
  encodeSendgrid,
  encodeSes,
  type Posting,
} from "@inlet/sources/testing";

const EMAILS = fileURLToPath(new URL("../emails/", import.meta.url));
const DEMO = new URL("../../config/demo/", import.meta.url);

/** One set of emails for every source, each with something that forms lose easily. */
export const SET = [
  "reply/plain-quoted-printable.eml",
  "reply/html-gmail-quote.eml",
  "newsletter/html-inline-images.eml",
  "international/emoji-and-cjk.eml",
  "international/iso-2022-jp.eml",
  "international/utf8-raw-headers.eml",
  "international/latin1-undeclared.eml",
  "addresses/quoted-and-comments.eml",
  "addresses/groups.eml",
  "attachments/message-rfc822.eml",
  "thread/hop-2.eml",
  "tags/deal-record-id.eml",
  "machine/bounce-dsn.eml",
  "machine/calendar-invite.eml",
] as const;

export interface SourceForm {
  readonly title: string;
  readonly kind: string;
  readonly encode: (posting: Posting) => Promise<EncodedRequest>;
}

const credential = "provider:not-a-secret-00001";
const privateKey = await readFile(new URL("sns-signing-key.pem", DEMO), "utf8");

/** Every way in which a provider posts an email. */
export const SOURCES: readonly SourceForm[] = [
  { title: "postmark", kind: "postmark", encode: (posting) => encodePostmark(posting, { credential }) },
  {
    title: "postmark with RawEmail",
    kind: "postmark",
    encode: (posting) => encodePostmark(posting, { credential, rawEmail: true }),
  },
  {
    title: "mailgun, parsed",
    kind: "mailgun",
    encode: (posting) => encodeMailgun(posting, { signingKey: "signing-key", mime: false }),
  },
  {
    title: "mailgun, mime",
    kind: "mailgun",
    encode: (posting) => encodeMailgun(posting, { signingKey: "signing-key", mime: true }),
  },
  {
    title: "sendgrid, parsed",
    kind: "sendgrid",
    encode: (posting) => encodeSendgrid(posting, { basic: credential, privateKey: null, raw: false }),
  },
  {
    title: "sendgrid, raw",
    kind: "sendgrid",
    encode: (posting) => encodeSendgrid(posting, { basic: credential, privateKey: null, raw: true }),
  },
  {
    title: "ses",
    kind: "ses",
    encode: (posting) =>
      Promise.resolve(encodeSes(posting, { topicArn: "arn:aws:sns:eu-west-1:123456789012:mail", privateKey })),
  },
  {
    title: "cloudmailin, JSON",
    kind: "cloudmailin",
    encode: (posting) => encodeCloudmailin(posting, { credential, format: "json" }),
  },
  {
    title: "cloudmailin, multipart",
    kind: "cloudmailin",
    encode: (posting) => encodeCloudmailin(posting, { credential, format: "multipart" }),
  },
  {
    title: "cloudmailin, raw",
    kind: "cloudmailin",
    encode: (posting) => encodeCloudmailin(posting, { credential, format: "raw" }),
  },
];

export interface Loss {
  readonly field: string;
  readonly email: string;
}

/** The fields in which each source's email differs from the one that the raw mail gives. */
export async function losses(): Promise<ReadonlyMap<string, readonly Loss[]>> {
  const found = new Map<string, readonly Loss[]>();
  for (const source of SOURCES) {
    const differing: Loss[] = [];
    for (const email of SET) {
      const posting: Posting = {
        mime: await readFile(path.join(EMAILS, email)),
        envelope: { from: "sender@example.com", to: ["sales@inlet.example"] },
        deliveryId: "delivery-1",
        now: Date.UTC(2026, 0, 1),
      };
      const raw = comparable(mustBe(await parseMime(posting.mime)));
      const through = comparable(await throughSource(source, posting));
      for (const field of Object.keys(raw)) {
        if (JSON.stringify(raw[field]) !== JSON.stringify(through[field])) differing.push({ field, email });
      }
    }
    found.set(source.title, differing);
  }
  return found;
}

async function throughSource({ kind, encode }: SourceForm, posting: Posting): Promise<EmailContent> {
  const { headers, body } = await encode(posting);
  const parsed = await getSourceKind(kind).parse(body, headers["content-type"] ?? "");
  if (parsed.kind !== "email") throw new Error(`${kind}: ${JSON.stringify(parsed)}`);
  return parsed.email;
}

function mustBe(result: Awaited<ReturnType<typeof parseMime>>): EmailContent {
  if (!result.ok) throw new Error(result.fault.message);
  return result.email;
}

/** What must be equal: everything that the email itself says. What the provider adds (envelope, verdicts) is its own. */
function comparable(email: EmailContent): Record<string, unknown> {
  const { emailKey, conversationId } = identify("demo", email);
  const { messageId, inReplyTo, references, from, sender, replyTo, to, cc, bcc, date, subject, text, html, replyText } =
    email;
  return {
    emailKey,
    conversationId,
    messageId,
    inReplyTo,
    references,
    from,
    sender,
    replyTo,
    to,
    cc,
    bcc,
    date,
    subject,
    text,
    html,
    replyText,
    classification: email.classification.kind,
    "attachments: number": email.attachments.length,
    "attachments: content": sorted(email.attachments.map(({ sha256 }) => sha256)),
    "attachments: filename": sorted(email.attachments.map(({ filename }) => filename)),
    "attachments: contentType": sorted(email.attachments.map(({ contentType }) => contentType)),
    "attachments: contentId": sorted(email.attachments.map(({ contentId }) => contentId)),
    "attachments: inline": sorted(email.attachments.map(({ inline }) => inline)),
    headers: email.headers.map(({ name }) => name.toLowerCase()).toSorted(),
  };
}

/** Order is no difference. */
function sorted(values: readonly unknown[]): string[] {
  return values.map(String).toSorted();
}
