import { hash } from "node:crypto";
import { cleanLine, cleanText } from "../charset/clean-text.ts";
import { sniffType } from "./sniff-media-type.ts";
import { TRUNCATION_LIMITS } from "../limits.ts";
import type { ParsedAttachment } from "../port.ts";

/** What a MIME part or a JSON attachment says of itself. */
export interface AttachmentSource {
  readonly filename: string | null;
  readonly contentType: string | null;
  readonly contentId: string | null;
  readonly contentDisposition: string | null;
  /** Where html may say that it lies (RFC 2557). */
  readonly contentLocation?: string | null;
  /** Null when the bytes are to be fetched from `downloadUrl`. */
  readonly bytes: Uint8Array | null;
  readonly downloadUrl?: string | null;
  /** Bytes, as declared; counts only where there are none. */
  readonly size?: number;
}

/** Names, sniffs and hashes attachments (UN2). `cids` are the content ids that the html shows: those are inline. */
export async function describeAttachments(
  sources: readonly AttachmentSource[],
  cids: ReadonlySet<string>,
): Promise<ParsedAttachment[]> {
  return await Promise.all(
    sources.map(async (source) => {
      const contentId = cleanLine(source.contentId)?.replace(/^<|>$/g, "").trim() || null;
      const bytes = source.bytes;
      return {
        filename: safeFilename(source.filename),
        contentType: mediaType(source.contentType),
        sniffedType: bytes === null ? null : await sniffType(bytes),
        size: bytes === null ? (source.size ?? 0) : bytes.byteLength,
        contentId,
        contentDisposition: disposition(source.contentDisposition),
        inline: contentId !== null && cids.has(contentId),
        sha256: bytes === null ? "" : hash("sha256", bytes),
        verdict: "unscanned",
        bytes,
        downloadUrl: source.downloadUrl ?? null,
      };
    }),
  );
}

/**
 * A file name without path, control characters and direction marks (`cod.exe` shown as `exe.doc`), at most
 * `TRUNCATION_LIMITS.filenameChars`, extension kept. Null when nothing is left.
 */
export function safeFilename(name: string | null): string | null {
  if (name === null) return null;
  const base = cleanText(name).split(/[/\\]/).at(-1) ?? "";
  const shown = base
    .replace(/[\u0000-\u001F\u007F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, "")
    .replace(/^\.+(?=\.|$)/, "")
    .trim();
  if (shown === "" || shown === ".") return null;
  if (shown.length <= TRUNCATION_LIMITS.filenameChars) return shown;
  const extension = /\.[^.]{1,16}$/.exec(shown)?.[0] ?? "";
  // Never half of a surrogate pair.
  return shown.slice(0, TRUNCATION_LIMITS.filenameChars - extension.length).replace(/[\uD800-\uDBFF]$/, "") + extension;
}

function mediaType(declared: string | null): string {
  const type = (declared ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/.test(type) ? type : "application/octet-stream";
}

function disposition(value: string | null): string | null {
  const word = (value ?? "").split(";")[0]?.trim().toLowerCase();
  return word === undefined || word === "" ? null : word === "inline" ? "inline" : "attachment";
}
