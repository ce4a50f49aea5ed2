import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { SourceConfig } from "@inlet/config";
import { mimeContent, parseParts } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import { basicAuthFault } from "../basic-auth.ts";
import { cidsByFile } from "../cids-by-file.ts";
import { contentFields, contentKey, deliveryKey, storableId } from "../delivery-key.ts";
import { envelopeOf, extractMime, NO_WORD, unreadable, withWord } from "../extraction.ts";
import { findFields } from "../form-scan.ts";
import { listOf, objectOf, readForm, stringOf } from "../form.ts";
import type { Form, FormPart } from "../form.ts";
import type { Disbelief, DoorContext, DoorRequest, Extracted, Opened, Provider, ProviderWord } from "../port.ts";

/** Fields of a parsed post that are the email, not Mailgun's word on it or what it derives from the email. */
const CONTENT = ["from", "subject", "body-plain", "body-html", "attachments"];

/** A file of the email; the name that it is posted under says so, since not every file has one of its own. */
function isFile({ name, filename }: FormPart): boolean {
  return filename !== null || /^attachment-\d+$/.test(name);
}

/** How far the timestamp may be ahead of our clock, ms. */
const AHEAD_MS = 5 * 60_000;

/**
 * Mailgun's routes (documentation.mailgun.com: receive, forward and store): a form, parsed, or with the raw mail in `body-mime` when the
 * URL ends in `mime`. The signature covers only timestamp and token, never the body; so a token counts for one email only, and basic
 * authentication may be asked for besides. Only 200 is success, 406 stops the retries (for 8 hours).
 */
export const mailgun: Provider = {
  kind: "mailgun",
  mediaTypes: ["application/x-www-form-urlencoded", "multipart/form-data"],
  answers: { accepted: 200, later: 503, never: 406 },
  checkHeaders: (headers, source) => basicFault(headers, source),
  open: openPost,
  extract: extractPost,
};

function basicFault(headers: IncomingHttpHeaders, source: SourceConfig): Disbelief | null {
  const credentials = source.basicAuth.reveal();
  return credentials.length === 0 ? null : basicAuthFault(headers, credentials);
}

/** The fields that Mailgun proves itself with. */
const PROOF = ["timestamp", "token", "signature"] as const;

async function openPost({ headers, body }: DoorRequest, source: SourceConfig, context: DoorContext): Promise<Opened> {
  const contentType = headers["content-type"] ?? "";
  // Looked for in the bytes: whoever is not Mailgun must not make us read a form.
  const proof = findFields(body, contentType, PROOF);
  if (proof === null) return { kind: "disbelieved", why: "malformed" };
  const { timestamp, token, signature } = proof;
  if (timestamp === undefined || token === undefined || signature === undefined) {
    return { kind: "disbelieved", why: "missing" };
  }
  if (!/^\d{1,12}$/.test(timestamp) || token.length > 256 || !/^[0-9a-f]{64}$/i.test(signature)) {
    return { kind: "disbelieved", why: "malformed" };
  }
  const sentAt = Number(timestamp) * 1000;
  if (context.now - sentAt > source.signatureWindowMs) return { kind: "disbelieved", why: "stale" };
  if (sentAt - context.now > AHEAD_MS) return { kind: "disbelieved", why: "future" };
  const given = Buffer.from(signature, "hex");
  const valid = source.secrets
    .reveal()
    .map((secret) => timingSafeEqual(given, createHmac("sha256", secret).update(`${timestamp}${token}`).digest()));
  if (!valid.includes(true)) return { kind: "disbelieved", why: "mismatch" };

  const form = await readForm(body, contentType);
  // A signature field that appears more than once: the last is Mailgun's, user variables come before it.
  if (form === null || PROOF.some((name) => form.text(name) !== proof[name])) {
    return { kind: "disbelieved", why: "malformed" };
  }
  if (isEventWebhook(form)) return { kind: "not_email", what: "a Mailgun event webhook" };
  const key = keyOf(form);
  // Whoever saw one triple could send any body with it: it stays with the email that it first came with.
  if (!context.bindToken(token, key, sentAt + source.signatureWindowMs)) return { kind: "disbelieved", why: "reused" };
  return { kind: "delivery", delivery: { key, deliveryId: storableId(token), receivedAt: sentAt } };
}

/** Today's have `event-data`; those of before 2018 name their `event`, and never have the text that a route always posts. */
function isEventWebhook(form: Form): boolean {
  if (form.part("event-data") !== undefined) return true;
  return (
    form.part("event") !== undefined && form.part("body-plain") === undefined && form.part("body-mime") === undefined
  );
}

/** By what it says and its recipient: whether a retry of Mailgun's has the same token is not documented. */
function keyOf(form: Form): string {
  const mime = form.part("body-mime");
  const named = [...contentFields(headerPairs(form)), ...CONTENT.flatMap((name) => [name, form.text(name) ?? ""])];
  const files = form.parts.filter(isFile).map(({ bytes }) => bytes);
  const content = mime === undefined ? contentKey([...named, ...files]) : mimeContent(mime.bytes);
  return deliveryKey(content, [form.text("recipient") ?? ""]);
}

function headerPairs(form: Form): [string, string][] {
  return listOf(form.json("message-headers")).flatMap((pair): [string, string][] => {
    const [name, value] = listOf(pair);
    return typeof name === "string" && typeof value === "string" ? [[name, value]] : [];
  });
}

async function extractPost(body: Uint8Array, contentType: string, options?: ParseOptions): Promise<Extracted> {
  const form = await readForm(body, contentType);
  if (form === null)
    return unreadable("unreadable_mime", "body: is not a complete form; check that a Mailgun route posts here");
  const envelope = envelopeOf(form.text("sender"), [form.text("recipient")]);
  const mime = form.part("body-mime");
  if (mime !== undefined) return extractMime(mime.bytes, { ...NO_WORD, envelope }, options);
  const headers = headerPairs(form);
  const files = form.parts.filter(isFile);
  const stored = listOf(form.json("attachments")).map((entry) => objectOf(entry) ?? {});
  const word: ProviderWord = {
    ...NO_WORD,
    envelope,
    ...spamWord(headers),
    warnings: files.length + stored.length < Number(form.text("attachment-count") ?? 0) ? ["attachments_missing"] : [],
  };
  const cids = cidsByFile(form.text("content-id-map") ?? "");
  const parsed = await parseParts(
    {
      headers: headers.length > 0 ? headers : fallbackHeaders(form),
      text: form.text("body-plain"),
      html: form.text("body-html"),
      envelope: null,
      attachments: [
        ...files.map((file) => {
          const contentId = cids.get(file.name) ?? null;
          return {
            filename: file.filename,
            contentType: file.contentType,
            contentId,
            contentDisposition: contentId === null ? "attachment" : "inline",
            bytes: file.bytes,
          };
        }),
        // The route stores: the content stays with Mailgun for three days and is fetched by the parser.
        ...stored.map((file) => ({
          filename: stringOf(file["name"]),
          contentType: stringOf(file["content-type"]),
          contentId: null,
          contentDisposition: "attachment",
          bytes: null,
          downloadUrl: stringOf(file["url"]),
          size: typeof file["size"] === "number" ? file["size"] : 0,
        })),
      ],
    },
    options,
  );
  return withWord(parsed, word);
}

/** Without `message-headers` the form still has the most important fields by name. */
function fallbackHeaders(form: Form): [string, string][] {
  return ["From", "To", "Cc", "Subject", "Date", "Message-Id", "In-Reply-To", "References"].flatMap(
    (name): [string, string][] => {
      const value = form.text(name) ?? form.text(name.toLowerCase());
      return value === null ? [] : [[name, value]];
    },
  );
}

/** Only where the domain is set to deliver spam with headers. */
function spamWord(headers: readonly [string, string][]): Pick<ProviderWord, "spamVerdict" | "spamScore"> {
  const value = (name: string): string | undefined => headers.findLast(([each]) => each.toLowerCase() === name)?.[1];
  const flag = value("x-mailgun-sflag")?.trim().toLowerCase();
  const score = Number.parseFloat(value("x-mailgun-sscore") ?? "");
  return {
    spamVerdict: flag === "yes" ? "spam" : flag === "no" ? "ham" : null,
    spamScore: Number.isFinite(score) ? score : null,
  };
}
