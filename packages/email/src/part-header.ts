import { textOfBytes } from "./header-fields.ts";
import { filenameOf, readStructured } from "./parameters.ts";
import type { Structured } from "./parameters.ts";
import { transferEncodingOf } from "./transfer-encoding.ts";
import type { TransferEncoding } from "./transfer-encoding.ts";

/** What the header of one MIME part says (RFC 2045, 2183, 2392), read from its raw lines. */
export interface PartHeader {
  /** Lower-case; `text/plain` where none or none that means anything is declared (RFC 2045 5.2). */
  readonly contentType: string;
  readonly params: Structured["params"];
  /** As declared, null when there is none. */
  readonly contentDisposition: string | null;
  readonly filename: string | null;
  readonly contentId: string | null;
  readonly transferEncoding: TransferEncoding;
  readonly charset: string | null;
}

/** A header line as mailsplit keeps it: name lower-case, the whole line with its folding, one character a byte. */
export interface HeaderLine {
  readonly key: string;
  readonly line: string;
}

/** Reads the fields of a part that say what it is; of several equal ones the first. */
export function readPartHeader(lines: readonly HeaderLine[]): PartHeader {
  const type = readStructured(valueOf(lines, "content-type"));
  const disposition = readStructured(valueOf(lines, "content-disposition"));
  const filename = filenameOf(disposition, type);
  const id = valueOf(lines, "content-id")?.replace(/^[\s<]+|[\s>]+$/g, "") ?? "";
  return {
    contentType: mediaType(type.value, filename, disposition.value),
    params: type.params,
    contentDisposition: disposition.value || null,
    filename,
    contentId: id || null,
    transferEncoding: transferEncodingOf(valueOf(lines, "content-transfer-encoding") ?? ""),
    charset: type.params["charset"] || null,
  };
}

function valueOf(lines: readonly HeaderLine[], name: string): string | null {
  const found = lines.find(({ key }) => key === name);
  if (found === undefined) return null;
  const bytes = Buffer.from(found.line.slice(found.line.indexOf(":") + 1), "latin1");
  return textOfBytes(bytes, null)
    .replace(/[\r\n]+/g, "")
    .trim();
}

/** A declared type that is none (`text`, `html`, `text/`, `name.pdf`) is read as what it comes nearest to. */
function mediaType(declared: string, filename: string | null, disposition: string): string {
  const type = declared.replace(/\s+/g, "").replace(/^([^/]+\/[^/,]+)[/,].*$/, "$1");
  if (/^[^/]+\/[^/]+$/.test(type)) return type;
  if (/^(?:text\/?)?html/.test(type)) return "text/html";
  if (type.startsWith("multipart")) return "multipart/mixed";
  const isFile = filename !== null || disposition === "attachment";
  return isFile && !/^(?:text|plain)/.test(type) ? "application/octet-stream" : "text/plain";
}
