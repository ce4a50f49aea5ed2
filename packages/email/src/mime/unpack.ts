import type { EmailWarning } from "@inlet/schemas";
import type { FilePart, TextPart } from "./mime-part.ts";
import { readOpaque } from "./opaque.ts";
import { isTnef, readTnef } from "./tnef.ts";
import { takeUuencoded } from "./uuencode.ts";

const PGP_MESSAGE = /^-----BEGIN PGP MESSAGE-----[ \t]{0,80}$/m;

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
  if (texts.some(({ text }) => text.includes("-----BEGIN PGP MESSAGE-----") && PGP_MESSAGE.test(text)))
    warnings.add("encrypted");
  const found: FilePart[] = [];
  const kept = texts.map((part): TextPart => {
    if (part.contentType === "text/html") return part;
    const { text, files: inText } = takeUuencoded(part.text);
    found.push(...inText.map(({ filename, bytes }) => file({ filename, bytes, place: part.place })));
    return { ...part, text };
  });
  const outer = files.flatMap((given) => {
    const wrapped =
      /^application\/(?:vnd\.)?ms-tnef$/.test(given.contentType) || given.filename?.toLowerCase() === "winmail.dat";
    if (!wrapped && !isTnef(given.bytes)) return [given];
    const content = readTnef(Buffer.from(given.bytes.buffer, given.bytes.byteOffset, given.bytes.byteLength));
    warnings.add(content === null ? "tnef_unreadable" : "tnef_unpacked");
    if (content === null) return [given];
    const inside = { alternative: true, place: given.place };
    if (!texts.some(({ text }) => text.trim() !== "")) {
      if (content.text !== null) kept.push({ ...inside, contentType: "text/plain", text: content.text });
      if (content.html !== null) kept.push({ ...inside, contentType: "text/html", text: content.html });
    }
    return content.files.map((each) => file({ ...each, place: given.place }));
  });
  return { texts: kept, files: [...outer, ...found], warnings: [...warnings] };
}

function file(given: {
  filename: string | null;
  bytes: Uint8Array;
  place: number;
  contentType?: string | null;
  contentId?: string | null;
}): FilePart {
  return {
    contentType: given.contentType ?? "application/octet-stream",
    params: {},
    filename: given.filename,
    contentId: given.contentId ?? null,
    contentDisposition: "attachment",
    contentLocation: null,
    bytes: given.bytes,
    place: given.place,
    digest: false,
  };
}

/** RFC 8551 3.2 (S/MIME that could not be opened), RFC 3156 4 (PGP/MIME), RFC 2046 5.2 (pieces and content elsewhere). */
function closedBy({ contentType, params, bytes }: FilePart): EmailWarning[] {
  if (contentType === "application/pgp-encrypted") return ["encrypted"];
  if (/^application\/(?:x-)?pkcs7-mime$/.test(contentType)) {
    const kind =
      readOpaque(bytes)?.kind ?? (/^signed-data$/i.test(params["smime-type"]?.trim() ?? "") ? "signed" : "encrypted");
    return kind === "signed" ? ["signed_opaque"] : kind === "encrypted" ? ["encrypted"] : [];
  }
  if (contentType === "message/external-body") return ["external_body"];
  return contentType === "message/partial" ? ["partial_message"] : [];
}
