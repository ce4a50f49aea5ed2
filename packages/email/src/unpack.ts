import type { EmailWarning } from "@inlet/schemas";
import type { FilePart, TextPart } from "./mime-tree.ts";
import { isTnef, readTnef } from "./tnef.ts";
import { takeUuencoded } from "./uuencode.ts";

interface Parts {
  readonly texts: readonly TextPart[];
  readonly files: readonly FilePart[];
  readonly warnings: readonly EmailWarning[];
}

/**
 * Takes out what parts hold in older wrappings than MIME: uuencoded files in text, files and text in winmail.dat. Says of
 * parts whose content stays closed (encrypted, elsewhere, one piece of several) why.
 */
export function unpack(texts: readonly TextPart[], files: readonly FilePart[]): Parts {
  const warnings = new Set<EmailWarning>(files.flatMap(closedBy));
  if (texts.some(({ text }) => /^-----BEGIN PGP MESSAGE-----\s*$/m.test(text))) warnings.add("encrypted");
  const found: FilePart[] = [];
  const kept = texts.map((part): TextPart => {
    if (part.contentType === "text/html") return part;
    const { text, files: inText } = takeUuencoded(part.text);
    found.push(...inText.map(({ filename, bytes }) => file({ filename, bytes })));
    return { ...part, text };
  });
  const outer = files.flatMap((given) => {
    const wrapped =
      /^application\/(?:vnd\.)?ms-tnef$/.test(given.contentType) || given.filename?.toLowerCase() === "winmail.dat";
    if (!wrapped && !isTnef(given.bytes)) return [given];
    const content = readTnef(Buffer.from(given.bytes.buffer, given.bytes.byteOffset, given.bytes.byteLength));
    warnings.add(content === null ? "tnef_unreadable" : "tnef_unpacked");
    if (content === null) return [given];
    if (!texts.some(({ text }) => text.trim() !== "")) {
      if (content.text !== null) kept.push({ contentType: "text/plain", text: content.text, alternative: true });
      if (content.html !== null) kept.push({ contentType: "text/html", text: content.html, alternative: true });
    }
    return content.files.map(file);
  });
  return { texts: kept, files: [...outer, ...found], warnings: [...warnings] };
}

function file(given: {
  filename: string | null;
  bytes: Uint8Array;
  contentType?: string | null;
  contentId?: string | null;
}): FilePart {
  return {
    contentType: given.contentType ?? "application/octet-stream",
    params: {},
    filename: given.filename,
    contentId: given.contentId ?? null,
    contentDisposition: "attachment",
    bytes: given.bytes,
  };
}

/** RFC 8551 3.2 (S/MIME), RFC 3156 4 (PGP/MIME), RFC 2046 5.2 (pieces and content elsewhere). */
function closedBy({ contentType, params }: FilePart): EmailWarning[] {
  if (contentType === "application/pgp-encrypted") return ["encrypted"];
  if (/^application\/(?:x-)?pkcs7-mime$/.test(contentType)) {
    const signed = /^signed-data$/i.test(params["smime-type"]?.trim() ?? "");
    return [signed ? "signed_opaque" : "encrypted"];
  }
  if (contentType === "message/external-body") return ["external_body"];
  return contentType === "message/partial" ? ["partial_message"] : [];
}
