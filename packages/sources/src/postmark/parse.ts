import { parseMime, parseParts } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import { addressList } from "../address-list.ts";
import { parseBoundedJson } from "../bounded-json.ts";
import { buildEnvelope, NO_METADATA, unreadable, withMetadata } from "../extraction.ts";
import { toList, toObject, toText } from "../form.ts";
import type { ParsedBody, ProviderMetadata } from "../kind.ts";

type Json = Record<string, unknown>;

/** The email of a post: its fields, or the raw mail in it. */
export async function parsePostmark(body: Uint8Array, options?: ParseOptions): Promise<ParsedBody> {
  const post = toObject(parseBoundedJson(body));
  if (post === undefined)
    return unreadable("unreadable_json", "body: is not a JSON object; check that Postmark posts here");
  const headers = toList(post["Headers"]).flatMap((entry): [string, string][] => {
    const name = toText(toObject(entry)?.["Name"]);
    const value = toObject(entry)?.["Value"];
    return name !== null && typeof value === "string" ? [[name, value]] : [];
  });
  // Postmark itself puts Return-Path first; further down anybody may have written it.
  const returnPath = headers[0]?.[0].toLowerCase() === "return-path" ? headers[0][1] : null;
  const metadata: ProviderMetadata = {
    ...NO_METADATA,
    envelope: buildEnvelope(returnPath, [post["OriginalRecipient"]]),
    ...readSpam(headers),
  };
  const raw = toText(post["RawEmail"]);
  if (raw !== null) {
    const parsed = await parseMime(Buffer.from(raw, "utf8"), options);
    if (!parsed.ok || parsed.email.bcc.length > 0) return withMetadata(parsed, metadata);
    // RawEmail lacks the Bcc that Postmark shows beside it.
    const bcc = await buildParts({ ...post, Headers: [] }, [], options);
    return withMetadata({ ok: true, email: { ...parsed.email, bcc: bcc.ok ? bcc.email.bcc : [] } }, metadata);
  }
  return withMetadata(await buildParts(post, headers, options), metadata);
}

function buildParts(
  post: Json,
  headers: readonly [string, string][],
  options?: ParseOptions,
): ReturnType<typeof parseParts> {
  const lifted: [string, string | null][] = [
    ["From", addressList(toList([post["FromFull"]]).map(toEntry)) ?? toText(post["From"])],
    ["To", addressList(toList(post["ToFull"]).map(toEntry)) ?? toText(post["To"])],
    ["Cc", addressList(toList(post["CcFull"]).map(toEntry)) ?? toText(post["Cc"])],
    ["Bcc", addressList(toList(post["BccFull"]).map(toEntry)) ?? toText(post["Bcc"])],
    ["Subject", toText(post["Subject"])],
    ["Date", toText(post["Date"])],
    ["Reply-To", toText(post["ReplyTo"])],
  ];
  const given = lifted.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]));
  const named = new Set(given.map(([name]) => name.toLowerCase()));
  return parseParts(
    {
      headers: [...given, ...headers.filter(([name]) => !named.has(name.toLowerCase()))],
      text: toText(post["TextBody"]),
      html: toText(post["HtmlBody"]),
      envelope: null,
      attachments: toList(post["Attachments"]).map((entry) => {
        const file = toObject(entry) ?? {};
        const contentId = toText(file["ContentID"]);
        return {
          filename: toText(file["Name"]),
          contentType: toText(file["ContentType"]),
          contentId,
          contentDisposition: contentId === null ? "attachment" : "inline",
          // Test posts from Postmark's dashboard say Data where real ones say Content.
          bytes: Buffer.from(toText(file["Content"]) ?? toText(file["Data"]) ?? "", "base64"),
        };
      }),
    },
    options,
  );
}

function toEntry(entry: unknown): { name: string | null; email: string | null } {
  const { Name, Email } = toObject(entry) ?? {};
  return { name: toText(Name), email: toText(Email) };
}

/** Postmark's SpamAssassin writes these; it removes what the sender wrote under the same names. */
function readSpam(headers: readonly [string, string][]): Pick<ProviderMetadata, "spamVerdict" | "spamScore"> {
  const value = (name: string): string => headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
  const score = Number.parseFloat(value("x-spam-score"));
  const status = /^(yes|no)\b/i.exec(value("x-spam-status"))?.[1]?.toLowerCase();
  return {
    spamVerdict: status === undefined ? null : status === "yes" ? "spam" : "ham",
    spamScore: Number.isFinite(score) ? score : null,
  };
}
