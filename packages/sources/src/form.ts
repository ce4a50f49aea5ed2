import { Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import type { BusboyHeaders } from "@fastify/busboy";
import { parseBoundedJson } from "./bounded-json.ts";
import { MOST_PARTS, getBoundary, findPairs, findParts } from "./form-scan.ts";

/** One field or file of a form, bytes as they came. */
export interface FormPart {
  readonly name: string;
  readonly bytes: Buffer;
  /** Null for a field. */
  readonly filename: string | null;
  readonly contentType: string;
}

/** A form as a provider posts it, parts in order. */
export class Form {
  readonly parts: readonly FormPart[];
  constructor(parts: readonly FormPart[]) {
    this.parts = parts;
  }

  /** The last value of that name: providers append their own fields after those that a user may set. */
  part(name: string): FormPart | undefined {
    return this.parts.findLast((part) => part.name === name);
  }

  /** As UTF-8 text. */
  text(name: string): string | null {
    return this.part(name)?.bytes.toString("utf8") ?? null;
  }

  /** The field as a JSON value; undefined when it is absent or no JSON. */
  json(name: string): unknown {
    return parseJson(this.text(name));
  }
}

/** Bytes of one part's header. */
const MOST_HEADER_BYTES = 16 * 1024;

/**
 * Reads multipart/form-data (RFC 7578) or application/x-www-form-urlencoded. Every part is kept as bytes, since a field's charset may be
 * named elsewhere in the form. Null when the body is no such form, is cut off, or has more than 2,000 parts: these are counted before
 * anything is made of the body, since a part costs a hundred times the bytes of its delimiter.
 */
export async function readForm(body: Uint8Array, contentType: string): Promise<Form | null> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const essence = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (essence === "application/x-www-form-urlencoded") return urlencoded(bytes);
  const boundary = essence === "multipart/form-data" ? getBoundary(contentType) : null;
  if (boundary === null || findParts(bytes, boundary) === null) return null;
  const parts: FormPart[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const parser = new Busboy({
        headers: { "content-type": `multipart/form-data; boundary="${boundary}"` } satisfies BusboyHeaders,
        isPartAFile: () => true,
        preservePath: true,
        limits: {
          files: MOST_PARTS,
          parts: MOST_PARTS,
          fileSize: Number.POSITIVE_INFINITY,
          headerPairs: 64,
          headerSize: MOST_HEADER_BYTES,
        },
      });
      // Busboy's types promise a name, but a part may come without one.
      parser.on("file", (name: string | undefined, stream, filename, _encoding, type) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("error", reject);
        stream.on("end", () => {
          const named = typeof filename === "string" && filename !== "" ? filename : null;
          parts.push({ name: name ?? "", bytes: Buffer.concat(chunks), filename: named, contentType: type });
        });
      });
      parser.on("partsLimit", () => reject(new Error("too many parts")));
      parser.on("filesLimit", () => reject(new Error("too many parts")));
      parser.on("error", reject);
      parser.on("finish", resolve);
      Readable.from([bytes]).on("error", reject).pipe(parser);
    });
  } catch {
    return null;
  }
  return new Form(parts);
}

/** Byte for byte: a field may be raw mail in any charset, which a decoder to text would corrupt (rails/rails#46297). */
function urlencoded(bytes: Buffer): Form | null {
  if (findPairs(bytes) === null) return null;
  const pairs = bytes.toString("latin1").split("&");
  return new Form(
    pairs
      .filter((pair) => pair !== "")
      .map((pair) => {
        const equals = pair.indexOf("=");
        const [name, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
        return {
          name: percentDecoded(name).toString("utf8"),
          bytes: percentDecoded(value),
          filename: null,
          contentType: "text/plain",
        };
      }),
  );
}

/** Of latin1 text, a byte a character: `+` is a space, `%41` a byte, and a `%` before anything else is itself. */
function percentDecoded(text: string): Buffer {
  const plain = text.replaceAll("+", " ");
  if (!plain.includes("%")) return Buffer.from(plain, "latin1");
  return Buffer.from(
    plain.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}

/** The value of a JSON text within the limits of bounded-json.ts; undefined for none. */
export function parseJson(text: string | null): unknown {
  return text === null ? undefined : parseBoundedJson(Buffer.from(text, "utf8"));
}

export function toObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function toText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
