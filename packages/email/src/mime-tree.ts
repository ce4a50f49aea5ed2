import { Transform } from "node:stream";
import type { TransformCallback } from "node:stream";
import { MailParser } from "mailparser";
import type { AttachmentStream, MessageText, StructuredHeader } from "mailparser";
import { decodeBytes } from "./charset.ts";
import { LimitExceeded, LIMITS } from "./limits.ts";

/** A leaf with text, decoded and as sent otherwise. */
export interface TextPart {
  readonly contentType: "text/plain" | "text/html";
  readonly text: string;
  /** Inside a multipart/alternative: another part may say the same. */
  readonly alternative: boolean;
}

/** Any other leaf; message/rfc822 is one, whole. */
export interface FilePart {
  readonly contentType: string;
  /** Parameters of the Content-Type, names lower-case. */
  readonly params: Readonly<Record<string, string>>;
  readonly filename: string | null;
  readonly contentId: string | null;
  readonly contentDisposition: string | null;
  readonly bytes: Uint8Array;
}

export interface MimeTree {
  readonly texts: readonly TextPart[];
  readonly files: readonly FilePart[];
  readonly warnings: readonly string[];
}

/** What mailparser keeps of a MIME node; its own, not in its published types. Pinned by version and by mime-tree.test.ts. */
interface Node {
  contentType: string;
  charset?: string;
  textContent?: string;
  isAttachment?: boolean;
  parent?: Node;
  children: Node[];
}
interface Internals {
  createNode(this: MailParser, node: unknown): Node;
  processChunk(this: MailParser, data: { type: string }, done: (error?: Error | null) => void): void;
}

const internals = MailParser.prototype as unknown as Internals;
/** Stands for the declared charset, so that mailparser hands every text to `TextDecoding`. */
const OURS = "x-inlet:";

/** Decodes one text part whole: a charset can only be judged on all of its bytes. */
class TextDecoding extends Transform {
  readonly #chunks: Buffer[] = [];
  readonly #declared: string;
  readonly #guessed: () => void;
  constructor(declared: string, guessed: () => void) {
    super();
    this.#declared = declared;
    this.#guessed = guessed;
  }
  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#chunks.push(chunk);
    done();
  }
  override _flush(done: TransformCallback): void {
    const { text, guessed } = decodeBytes(Buffer.concat(this.#chunks), this.#declared);
    if (guessed) this.#guessed();
    this.push(Buffer.from(text, "utf8"));
    done();
  }
}

/**
 * mailparser with three changes: charsets are decoded by `decodeBytes` (it reads undeclared Latin-1 as broken UTF-8),
 * parts and depth are bounded, and the text parts are handed out as they are (it joins text and html by its own rules).
 */
class TreeParser extends MailParser {
  readonly tree: Node | false = false;
  readonly warnings = new Set<string>();
  readonly decoder = {
    decodeStream: (charset: string): Transform =>
      new TextDecoding(charset.startsWith(OURS) ? charset.slice(OURS.length) : charset, () => {
        this.warnings.add("charset_guessed");
      }),
  };
  #parts = 0;

  constructor() {
    super({
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipTextLinks: true,
      skipImageLinks: true,
      keepDeliveryStatus: true,
      checksumAlgo: false,
      ignoreEmbedded: true,
      maxHeadSize: LIMITS.headerBytes,
      maxChildNodes: LIMITS.parts,
    });
  }

  createNode(given: unknown): Node {
    if ((this.#parts += 1) > LIMITS.parts) throw new LimitExceeded("parts");
    const node = internals.createNode.call(this, given);
    let depth = 0;
    for (let up = node.parent; up !== undefined; up = up.parent) depth += 1;
    if (depth > LIMITS.depth) throw new LimitExceeded("depth");
    if (node.isAttachment === false) node.charset = OURS + (node.charset ?? "");
    return node;
  }

  processChunk(data: { type: string }, done: (error?: Error | null) => void): void {
    try {
      internals.processChunk.call(this, data, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  getTextContent(): { type: "text" } {
    return { type: "text" };
  }
}

/**
 * Splits a message into its leaves, transfer encodings and charsets decoded. Rejects with `LimitExceeded` or with
 * mailparser's error.
 */
export async function readTree(message: Uint8Array): Promise<MimeTree> {
  const parser = new TreeParser();
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
      if (part.type === "attachment") readFile(part, files);
    });
    parser.end(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
  });
  return { texts: parser.tree === false ? [] : textsOf(parser.tree, false), files, warnings: [...parser.warnings] };
}

function readFile(part: AttachmentStream, files: FilePart[]): void {
  const chunks: Buffer[] = [];
  part.content.on("data", (chunk: Buffer) => chunks.push(chunk));
  part.content.on("end", () => {
    const structured = part.headers.get("content-type") as StructuredHeader | undefined;
    files.push({
      // mailparser replaces application/octet-stream by what the file name suggests; the declared type is what counts.
      contentType: (structured?.value || part.contentType || "application/octet-stream").toLowerCase(),
      params: structured?.params ?? {},
      filename: part.filename ?? null,
      contentId: part.cid ?? null,
      contentDisposition: part.contentDisposition ?? null,
      bytes: Buffer.concat(chunks),
    });
    part.release?.();
  });
}

function textsOf(node: Node, alternative: boolean): TextPart[] {
  const { contentType, textContent } = node;
  const own: TextPart[] =
    textContent !== undefined && (contentType === "text/plain" || contentType === "text/html")
      ? [{ contentType, text: textContent, alternative }]
      : [];
  const below = alternative || contentType === "multipart/alternative";
  return [...own, ...node.children.flatMap((child) => textsOf(child, below))];
}

/** mailsplit's own bounds (EMAXLEN) are ours by configuration. */
function asLimit(error: Error): Error {
  if (!("code" in error) || error.code !== "EMAXLEN") return error;
  return new LimitExceeded(/head/i.test(error.message) ? "headerBytes" : "parts");
}
