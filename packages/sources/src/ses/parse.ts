import type { ParseOptions } from "@inlet/email";
import { authResult, buildEnvelope, NO_METADATA, told, unreadable } from "../extraction.ts";
import { extractMime } from "../extract-mime.ts";
import { parseJson, toList, toObject, toText } from "../form.ts";
import type { ParsedBody, ProviderMetadata } from "../kind.ts";
import { readSnsMessage } from "./sns-message.ts";

/** The email of a notification: inside it (at most 150 KB), or in S3. */
export async function parseSes(body: Uint8Array, options?: ParseOptions): Promise<ParsedBody> {
  const event = toObject(parseJson(readSnsMessage(body)?.message ?? null));
  if (event === undefined)
    return unreadable(
      "unreadable_json",
      "Message: is not the JSON of an SES notification; check the topic's subscription",
    );
  const receipt = toObject(event["receipt"]) ?? {};
  const action = toObject(receipt["action"]) ?? {};
  const metadata = readMetadata(toObject(event["mail"]) ?? {}, receipt);
  const content = toText(event["content"]);
  if (content !== null) {
    // UTF8 may already have damaged 8-bit mail: the guide asks operators for Base64.
    const encoding = toText(action["encoding"])?.toUpperCase() === "BASE64" ? "base64" : "utf8";
    return extractMime(Buffer.from(content, encoding), metadata, options);
  }
  const bucket = toText(action["bucketName"]);
  const key = toText(action["objectKey"]);
  if (bucket !== null && key !== null) return { kind: "elsewhere", object: { bucket, key }, metadata };
  return unreadable(
    "unreadable_mime",
    "content: there is none, and receipt.action names no S3 object; let the receipt rule publish to SNS with Base64, or store in S3",
  );
}

function readMetadata(mail: Record<string, unknown>, receipt: Record<string, unknown>): ProviderMetadata {
  const verdict = (name: string): string | null => toText(toObject(receipt[name])?.["status"])?.toUpperCase() ?? null;
  const spam = verdict("spamVerdict");
  const virus = verdict("virusVerdict") === "FAIL";
  return {
    ...NO_METADATA,
    // The recipients that the rule matched, not all that the message was addressed to.
    envelope: buildEnvelope(mail["source"], toList(receipt["recipients"])),
    auth: told({
      spf: authResult(verdict("spfVerdict")),
      dkim: authResult(verdict("dkimVerdict")),
      dmarc: authResult(verdict("dmarcVerdict")),
    }),
    spamVerdict: spam === "PASS" ? "ham" : spam === "FAIL" ? "spam" : null,
    infected: virus,
    warnings: virus ? ["provider_found_virus"] : [],
  };
}
