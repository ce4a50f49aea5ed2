import { parseParts } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import { cidsByFile } from "../cids-by-file.ts";
import { authResult, envelopeOf, NO_METADATA, told, unreadable, withMetadata } from "../extraction.ts";
import { extractMime } from "../extract-mime.ts";
import { listOf, objectOf, readForm, stringOf } from "../form.ts";
import type { Form } from "../form.ts";
import type { ParsedBody, ProviderMetadata } from "../kind.ts";
import { isFileName } from "./form-fields.ts";

/** SpamAssassin's usual threshold; SendGrid tells the score only. */
const SPAM_FROM = 5;

/** The email of an Inbound Parse form. Which of the two forms it is shows in the fields that are there. */
export async function parseSendgrid(
  body: Uint8Array,
  contentType: string,
  options?: ParseOptions,
): Promise<ParsedBody> {
  const form = await readForm(body, contentType);
  if (form === null)
    return unreadable("unreadable_mime", "body: is not a complete form; check that Inbound Parse posts here");
  const metadata = metadataOf(form);
  const raw = form.part("email");
  if (raw !== undefined) return extractMime(raw.bytes, metadata, options);
  const headers = form.part("headers");
  if (headers === undefined) {
    return unreadable(
      "unreadable_mime",
      "body: has neither the field email nor headers; check that Inbound Parse posts here",
    );
  }
  const charsets = objectOf(form.json("charsets")) ?? {};
  const info = objectOf(form.json("attachment-info")) ?? {};
  const cids = cidsByFile(form.text("content-ids") ?? "");
  const declared = (name: string) => {
    const part = form.part(name);
    return part === undefined ? null : { bytes: part.bytes, charset: stringOf(charsets[name]) };
  };
  return withMetadata(
    await parseParts(
      {
        // From, To and Subject are taken from the header as it was sent, not from the fields that SendGrid decoded.
        headers: headers.bytes,
        text: declared("text"),
        html: declared("html"),
        envelope: null,
        // By the field's name: a part without a file name is a file all the same (anymail/django-anymail#272).
        attachments: form.parts
          .filter(({ name }) => isFileName(name))
          .map((file) => {
            const about = objectOf(info[file.name]) ?? {};
            const contentId = stringOf(about["content-id"]) ?? cids.get(file.name) ?? null;
            return {
              filename: stringOf(about["filename"]) ?? file.filename,
              contentType: stringOf(about["type"]) ?? file.contentType,
              contentId,
              contentDisposition: contentId === null ? "attachment" : "inline",
              bytes: file.bytes,
            };
          }),
      },
      options,
    ),
    metadata,
  );
}

function metadataOf(form: Form): ProviderMetadata {
  const envelope = objectOf(form.json("envelope")) ?? {};
  const score = Number.parseFloat(form.text("spam_score") ?? "");
  return {
    ...NO_METADATA,
    envelope: envelopeOf(envelope["from"], listOf(envelope["to"])),
    auth: told({ spf: authResult(form.text("SPF")), dkim: dkimResult(form.text("dkim")), dmarc: undefined }),
    spamVerdict: Number.isFinite(score) ? (score >= SPAM_FROM ? "spam" : "ham") : null,
    spamScore: Number.isFinite(score) ? score : null,
    warnings:
      form.parts.filter(({ name }) => isFileName(name)).length < Number(form.text("attachments") ?? 0)
        ? ["attachments_missing"]
        : [],
  };
}

/** `{@example.com : pass}`, one entry a signature: a pass wins. */
function dkimResult(text: string | null): string | undefined {
  const results = [...(text ?? "").slice(0, 4096).matchAll(/:\s*([a-z]+)/gi)].map(([, result]) => authResult(result));
  if (text?.trim() === "none") return "none";
  return results.includes("pass") ? "pass" : results.find((result) => result !== undefined);
}
