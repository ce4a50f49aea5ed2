import { decodeBytes } from "../headers/header-fields.ts";
import { getFilename, readStructured } from "../headers/parameters.ts";
import type { Structured } from "../headers/parameters.ts";
import { parseTransferEncoding } from "./transfer-encoding.ts";
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
  /** RFC 2557 4.2, as sent. */
  readonly contentLocation: string | null;
  /** A message of a digest, which says nothing of itself. */
  readonly digest?: true;
  readonly transferEncoding: TransferEncoding;
  readonly charset: string | null;
}

/** Equal fields that are looked at. */
const MOST_TYPES = 5;

/** A header line as mailsplit keeps it: name lower-case, the whole line with its folding, one character a byte. */
export interface HeaderLine {
  readonly key: string;
  readonly line: string;
}

/**
 * Reads the fields of a part that say what it is; of several equal ones the first, but of several types the multipart whose delimiter
 * is in use (`isUsed`).
 */
export function readPartHeader(lines: readonly HeaderLine[], isUsed: (boundary: string) => boolean): PartHeader {
  const type = readType(lines, isUsed);
  const disposition = readStructured(getValue(lines, "content-disposition"));
  const filename = getFilename(disposition, type);
  const id = getValue(lines, "content-id")?.replace(/^[\s<]+|(?<![\s>])[\s>]+$/g, "") ?? "";
  return {
    contentType: mediaType(type.value, filename, disposition.value),
    params: type.params,
    contentDisposition: disposition.value || null,
    filename,
    contentId: id || null,
    contentLocation: getValue(lines, "content-location")?.replace(/\s+/g, "") || null,
    transferEncoding: parseTransferEncoding(getValue(lines, "content-transfer-encoding") ?? ""),
    charset: type.params["charset"] || null,
  };
}

function readType(lines: readonly HeaderLine[], isUsed: (boundary: string) => boolean): Structured {
  const [first, ...others] = lines.filter(({ key }) => key === "content-type").slice(0, MOST_TYPES);
  const type = readStructured(first === undefined ? null : getText(first));
  if (others.length === 0 || type.value.startsWith("multipart/")) return type;
  const used = others
    .map((line) => readStructured(getText(line)))
    .find(({ value, params }) => value.startsWith("multipart/") && isUsed(params["boundary"] ?? ""));
  return used ?? type;
}

function getValue(lines: readonly HeaderLine[], name: string): string | null {
  const found = lines.find(({ key }) => key === name);
  return found === undefined ? null : getText(found);
}

function getText(found: HeaderLine): string {
  const bytes = Buffer.from(found.line.slice(found.line.indexOf(":") + 1), "latin1");
  return decodeBytes(bytes, null)
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
