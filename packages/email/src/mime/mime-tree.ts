import type { EmailWarning } from "@inlet/schemas";
import type { AttachmentStream, MessageText } from "mailparser";
import { isAlternative } from "./alternatives.ts";
import type { FilePart, TextPart } from "./mime-part.ts";
import { LimitExceeded, LIMITS } from "../limits.ts";
import { repairParts } from "./repair-parts.ts";
import type { PartHeader } from "./part-header.ts";
import { decodeTransfer } from "./transfer-encoding.ts";
import { TreeParser } from "./tree-parser.ts";
import type { Node } from "./tree-parser.ts";
import { takeUuencoded } from "./uuencode.ts";

export interface MimeTree {
  readonly texts: readonly TextPart[];
  readonly files: readonly FilePart[];
  /** What programs say again in a form of their own beside the text (AMP, JSON-LD, a reaction): no files. */
  readonly alternatives: readonly FilePart[];
  /** The first charset that a text part declares. */
  readonly charset: string | null;
  readonly warnings: readonly EmailWarning[];
}

/** Splits a message into its leaves, transfer encodings and charsets decoded. Rejects with `LimitExceeded` or with mailparser's error. */
export async function splitMessage(message: Uint8Array): Promise<MimeTree> {
  const given = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const { message: bytes, warnings } = repairParts(given);
  const parser = new TreeParser(bytes);
  const files: FilePart[] = [];
  await new Promise<void>((resolve, reject) => {
    const stalled = setTimeout(() => settle(new LimitExceeded("parseMs")), LIMITS.parseMs);
    const settle = (error?: Error): void => {
      clearTimeout(stalled);
      if (error === undefined) return resolve();
      reject(asLimit(error));
      parser.destroy();
    };
    parser.on("error", settle);
    parser.on("end", () => settle());
    parser.on("data", (part: AttachmentStream | MessageText) => {
      if (part.type === "attachment") readFile(part, parser, files);
    });
    parser.end(bytes);
  });
  const texts = parser.tree === false ? [] : getTexts(parser.tree, false);
  const inAlternative = parser.tree === false ? new Set<number>() : placesInAlternative(parser.tree);
  const alternatives = files.filter((file) => inAlternative.has(file.place) && isAlternative(file));
  return {
    texts,
    files: files.filter((file) => !alternatives.includes(file)),
    alternatives,
    charset: texts.find(({ charset }) => charset !== null)?.charset ?? null,
    warnings: [...warnings, ...parser.warnings],
  };
}

function readFile(stream: AttachmentStream, parser: TreeParser, files: FilePart[]): void {
  const { part, place } = parser.headerOfCurrent();
  const chunks: Buffer[] = [];
  stream.content.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.content.on("end", () => {
    const { contentType, params, filename, contentId, contentDisposition, contentLocation } = part;
    files.push({
      contentType,
      params,
      filename,
      contentId,
      contentDisposition,
      contentLocation,
      bytes: decodeContent(part, chunks, parser),
      place,
      digest: part.digest === true,
    });
    stream.release?.();
  });
}

function decodeContent(part: PartHeader, chunks: readonly Buffer[], parser: TreeParser): Uint8Array {
  const raw = Buffer.concat(chunks);
  if (part.transferEncoding === "uuencode") {
    return takeUuencoded(raw.toString("latin1").replaceAll("\r\n", "\n")).files[0]?.bytes ?? raw;
  }
  const { bytes, misdeclared } = decodeTransfer(raw, part.transferEncoding);
  if (misdeclared) parser.warnings.add("transfer_encoding_wrong");
  return bytes;
}

function getTexts(node: Node, alternative: boolean): (TextPart & { charset: string | null })[] {
  const { contentType, textContent, part, place = 0 } = node;
  const own =
    textContent !== undefined && (contentType === "text/plain" || contentType === "text/html")
      ? [
          {
            contentType,
            text: textContent,
            alternative,
            charset: part?.charset ?? null,
            place,
            location: part?.contentLocation ?? null,
          } as const,
        ]
      : [];
  const below = alternative || contentType === "multipart/alternative";
  return [...own, ...node.children.flatMap((child) => getTexts(child, below))];
}

function placesInAlternative(node: Node): Set<number> {
  const found = new Set<number>();
  const walk = ({ contentType, children }: Node): void => {
    for (const child of children) {
      if (contentType === "multipart/alternative" && child.place !== undefined) found.add(child.place);
      walk(child);
    }
  };
  walk(node);
  return found;
}

/** mailsplit's own bounds (EMAXLEN) are ours by configuration. */
function asLimit(error: Error): Error {
  if (!("code" in error) || error.code !== "EMAXLEN") return error;
  return new LimitExceeded(/head/i.test(error.message) ? "headerBytes" : "parts");
}
