import { parseParts } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import { cidsByFile } from "../cids-by-file.ts";
import { buildEnvelope, NO_METADATA, unreadable, withMetadata } from "../extraction.ts";
import { extractMime } from "../extract-mime.ts";
import { toList, toObject, readForm, toText } from "../form.ts";
import type { Form } from "../form.ts";
import type { ParsedBody, ProviderMetadata } from "../kind.ts";
import { headerPairs, isFile } from "./form-fields.ts";

/** The email of a route's form, parsed or raw. */
export async function parseMailgun(body: Uint8Array, contentType: string, options?: ParseOptions): Promise<ParsedBody> {
  const form = await readForm(body, contentType);
  if (form === null)
    return unreadable("unreadable_mime", "body: is not a complete form; check that a Mailgun route posts here");
  const envelope = buildEnvelope(form.text("sender"), [form.text("recipient")]);
  const mime = form.part("body-mime");
  if (mime !== undefined) return extractMime(mime.bytes, { ...NO_METADATA, envelope }, options);
  const headers = headerPairs(form);
  const files = form.parts.filter(isFile);
  const stored = toList(form.json("attachments")).map((entry) => toObject(entry) ?? {});
  const metadata: ProviderMetadata = {
    ...NO_METADATA,
    envelope,
    ...readSpam(headers),
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
          filename: toText(file["name"]),
          contentType: toText(file["content-type"]),
          contentId: null,
          contentDisposition: "attachment",
          bytes: null,
          downloadUrl: toText(file["url"]),
          size: typeof file["size"] === "number" ? file["size"] : 0,
        })),
      ],
    },
    options,
  );
  return withMetadata(parsed, metadata);
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
function readSpam(headers: readonly [string, string][]): Pick<ProviderMetadata, "spamVerdict" | "spamScore"> {
  const value = (name: string): string | undefined => headers.findLast(([each]) => each.toLowerCase() === name)?.[1];
  const flag = value("x-mailgun-sflag")?.trim().toLowerCase();
  const score = Number.parseFloat(value("x-mailgun-sscore") ?? "");
  return {
    spamVerdict: flag === "yes" ? "spam" : flag === "no" ? "ham" : null,
    spamScore: Number.isFinite(score) ? score : null,
  };
}
