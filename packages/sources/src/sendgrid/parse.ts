import { parseParts } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import { cidsByFile } from "../cids-by-file.ts";
import { authResult, buildEnvelope, NO_METADATA, told, unreadable, withMetadata } from "../extraction.ts";
import { extractMime } from "../extract-mime.ts";
import { toList, toObject, readForm, toText } from "../form.ts";
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
  const metadata = readMetadata(form);
  const raw = form.part("email");
  if (raw !== undefined) return extractMime(raw.bytes, metadata, options);
  const headers = form.part("headers");
  if (headers === undefined) {
    return unreadable(
      "unreadable_mime",
      "body: has neither the field email nor headers; check that Inbound Parse posts here",
    );
  }
  const charsets = toObject(form.json("charsets")) ?? {};
  const info = toObject(form.json("attachment-info")) ?? {};
  const cids = cidsByFile(form.text("content-ids") ?? "");
  const declared = (name: string) => {
    const part = form.part(name);
    return part === undefined ? null : { bytes: part.bytes, charset: toText(charsets[name]) };
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
            const about = toObject(info[file.name]) ?? {};
            const contentId = toText(about["content-id"]) ?? cids.get(file.name) ?? null;
            return {
              filename: toText(about["filename"]) ?? file.filename,
              contentType: toText(about["type"]) ?? file.contentType,
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

function readMetadata(form: Form): ProviderMetadata {
  const envelope = toObject(form.json("envelope")) ?? {};
  const score = Number.parseFloat(form.text("spam_score") ?? "");
  return {
    ...NO_METADATA,
    envelope: buildEnvelope(envelope["from"], toList(envelope["to"])),
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
