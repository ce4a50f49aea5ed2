import { parseMime, parseParts } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import { addressList } from "../address-list.ts";
import { parseBoundedJson } from "../bounded-json.ts";
import { envelopeOf, NO_METADATA, unreadable, withMetadata } from "../extraction.ts";
import { listOf, objectOf, stringOf } from "../form.ts";
import type { ParsedBody, ProviderMetadata } from "../kind.ts";

type Json = Record<string, unknown>;

/** The email of a post: its fields, or the raw mail in it. */
export async function parsePostmark(body: Uint8Array, options?: ParseOptions): Promise<ParsedBody> {
  const post = objectOf(parseBoundedJson(body));
  if (post === undefined)
    return unreadable("unreadable_json", "body: is not a JSON object; check that Postmark posts here");
  const headers = listOf(post["Headers"]).flatMap((entry): [string, string][] => {
    const name = stringOf(objectOf(entry)?.["Name"]);
    const value = objectOf(entry)?.["Value"];
    return name !== null && typeof value === "string" ? [[name, value]] : [];
  });
  // Postmark itself puts Return-Path first; further down anybody may have written it.
  const returnPath = headers[0]?.[0].toLowerCase() === "return-path" ? headers[0][1] : null;
  const metadata: ProviderMetadata = {
    ...NO_METADATA,
    envelope: envelopeOf(returnPath, [post["OriginalRecipient"]]),
    ...spamOf(headers),
  };
  const raw = stringOf(post["RawEmail"]);
  if (raw !== null) {
    const parsed = await parseMime(Buffer.from(raw, "utf8"), options);
    if (!parsed.ok || parsed.email.bcc.length > 0) return withMetadata(parsed, metadata);
    // RawEmail lacks the Bcc that Postmark shows beside it.
    const bcc = await partsOf({ ...post, Headers: [] }, [], options);
    return withMetadata({ ok: true, email: { ...parsed.email, bcc: bcc.ok ? bcc.email.bcc : [] } }, metadata);
  }
  return withMetadata(await partsOf(post, headers, options), metadata);
}

function partsOf(
  post: Json,
  headers: readonly [string, string][],
  options?: ParseOptions,
): ReturnType<typeof parseParts> {
  const lifted: [string, string | null][] = [
    ["From", addressList(listOf([post["FromFull"]]).map(entryOf)) ?? stringOf(post["From"])],
    ["To", addressList(listOf(post["ToFull"]).map(entryOf)) ?? stringOf(post["To"])],
    ["Cc", addressList(listOf(post["CcFull"]).map(entryOf)) ?? stringOf(post["Cc"])],
    ["Bcc", addressList(listOf(post["BccFull"]).map(entryOf)) ?? stringOf(post["Bcc"])],
    ["Subject", stringOf(post["Subject"])],
    ["Date", stringOf(post["Date"])],
    ["Reply-To", stringOf(post["ReplyTo"])],
  ];
  const given = lifted.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]));
  const named = new Set(given.map(([name]) => name.toLowerCase()));
  return parseParts(
    {
      headers: [...given, ...headers.filter(([name]) => !named.has(name.toLowerCase()))],
      text: stringOf(post["TextBody"]),
      html: stringOf(post["HtmlBody"]),
      envelope: null,
      attachments: listOf(post["Attachments"]).map((entry) => {
        const file = objectOf(entry) ?? {};
        const contentId = stringOf(file["ContentID"]);
        return {
          filename: stringOf(file["Name"]),
          contentType: stringOf(file["ContentType"]),
          contentId,
          contentDisposition: contentId === null ? "attachment" : "inline",
          // Test posts from Postmark's dashboard say Data where real ones say Content.
          bytes: Buffer.from(stringOf(file["Content"]) ?? stringOf(file["Data"]) ?? "", "base64"),
        };
      }),
    },
    options,
  );
}

function entryOf(entry: unknown): { name: string | null; email: string | null } {
  const { Name, Email } = objectOf(entry) ?? {};
  return { name: stringOf(Name), email: stringOf(Email) };
}

/** Postmark's SpamAssassin writes these; it removes what the sender wrote under the same names. */
function spamOf(headers: readonly [string, string][]): Pick<ProviderMetadata, "spamVerdict" | "spamScore"> {
  const value = (name: string): string => headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
  const score = Number.parseFloat(value("x-spam-score"));
  const status = /^(yes|no)\b/i.exec(value("x-spam-status"))?.[1]?.toLowerCase();
  return {
    spamVerdict: status === undefined ? null : status === "yes" ? "spam" : "ham",
    spamScore: Number.isFinite(score) ? score : null,
  };
}
