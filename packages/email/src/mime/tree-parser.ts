import { Transform } from "node:stream";
import type { TransformCallback, Writable } from "node:stream";
import type { EmailWarning } from "@inlet/schemas";
import { MailParser } from "mailparser";
import { boundaryInUse, isUsed } from "./boundary.ts";
import { decodeBytes } from "../charset/charset.ts";
import { unflow } from "./flowed.ts";
import { LimitExceeded, LIMITS } from "../limits.ts";
import { readPartHeader } from "./part-header.ts";
import type { HeaderLine, PartHeader } from "./part-header.ts";
import { decodeTransfer } from "./transfer-encoding.ts";

/** What mailparser keeps of a MIME node; its own, not in its published types. Pinned by version and by the catalog. */
export interface Node {
  /** mailsplit's half of it. */
  node: SplitNode;
  contentType: string;
  charset?: string;
  textContent?: string;
  isAttachment?: boolean;
  parent?: Node;
  children: Node[];
  /** Ours. */
  part?: PartHeader;
  /** Among all parts, in the order of the message. */
  place?: number;
}

/** What mailsplit reads of a part's header, and splits and decodes by. */
interface SplitNode {
  headers: { getList(): HeaderLine[] };
  parseHeaders(this: SplitNode): void;
  root: boolean;
  parentNode: SplitNode | false;
  contentType: string | false;
  disposition: string | false;
  encoding: string | false;
  charset: string | false;
  filename: string | false;
  flowed: boolean;
  multipart: string | false;
  rfc822: boolean;
  _boundary: Buffer | false;
  _parentBoundaryOwner: SplitNode | false;
}

interface Internals {
  createNode(this: MailParser, node: unknown): Node;
  processChunk(this: MailParser, data: { type: string }, done: (error?: Error | null) => void): void;
}
interface Ending {
  finished: boolean;
  curnode: { decoder?: Writable } | false;
  waitingEnd: (() => void) | false;
}
interface Splitting {
  node: SplitNode;
  newNode(parent?: SplitNode): void;
}

const internals = MailParser.prototype as unknown as Internals;
/** Stands for the declared charset, so that mailparser hands every text to `TextDecoding`. */
const OURS = "x-inlet:";

/** Decodes one text part whole: neither an encoding nor a charset can be judged before all bytes are there. */
class TextDecoding extends Transform {
  readonly #chunks: Buffer[] = [];
  readonly #part: PartHeader;
  readonly #warn: (warning: EmailWarning) => void;
  constructor(part: PartHeader, warn: (warning: EmailWarning) => void) {
    super();
    this.#part = part;
    this.#warn = warn;
  }
  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#chunks.push(chunk);
    done();
  }
  override _flush(done: TransformCallback): void {
    const { contentType, params, transferEncoding, charset } = this.#part;
    const { bytes, misdeclared } = decodeTransfer(Buffer.concat(this.#chunks), transferEncoding);
    if (misdeclared) this.#warn("transfer_encoding_wrong");
    const html = contentType === "text/html";
    const { text, guessed } = decodeBytes(bytes, charset ?? (html ? charsetInHtml(bytes) : null));
    if (guessed) this.#warn("charset_guessed");
    this.push(Buffer.from(html ? text : unflow(text, params), "utf8"));
    done();
  }
}

/**
 * mailparser with its weak places replaced: headers of parts, transfer encodings and charsets are read by our own rules
 * (part-header.ts, transfer-encoding.ts, charset.ts), a boundary that is missing or wrong is looked for in the message,
 * parts and depth are bounded, and text parts are handed out as they are (it joins text and html by its own rules).
 */
export class TreeParser extends MailParser {
  readonly tree: Node | false = false;
  readonly warnings = new Set<EmailWarning>();
  readonly #parts: PartHeader[] = [];
  readonly decoder = {
    decodeStream: (label: string): Transform =>
      new TextDecoding(this.#parts[Number(label.slice(OURS.length))] as PartHeader, (warning) => {
        this.warnings.add(warning);
      }),
  };
  readonly #headers = new WeakMap<SplitNode, PartHeader>();
  readonly #message: Buffer;
  #texts = 0;

  constructor(message: Buffer) {
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
    this.#message = message;
    const splitter = (this as unknown as { splitter: Splitting }).splitter;
    const newNode = splitter.newNode.bind(splitter);
    splitter.newNode = (parent) => {
      newNode(parent);
      this.#readBy(splitter.node);
    };
    this.#readBy(splitter.node);
  }

  /** Our reading of the header of the part that mailparser has just announced, and its place among the parts. */
  headerOfCurrent(): { part: PartHeader; place: number } {
    return { part: this.#parts.at(-1) as PartHeader, place: this.#parts.length - 1 };
  }

  createNode(given: SplitNode): Node {
    const part = this.#headers.get(given) as PartHeader;
    if (this.#parts.push(part) > LIMITS.parts) throw new LimitExceeded("parts");
    const node = internals.createNode.call(this, given);
    node.part = part;
    node.place = this.#parts.length - 1;
    let depth = 0;
    for (let up = node.parent; up !== undefined; up = up.parent) depth += 1;
    if (depth > LIMITS.depth) throw new LimitExceeded("depth");
    if (node.isAttachment === false) node.charset = `${OURS}${this.#parts.length - 1}`;
    return node;
  }

  processChunk(data: { type: string }, done: (error?: Error | null) => void): void {
    try {
      internals.processChunk.call(this, data, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Headers are read by header-fields.ts: addresses and words of every field would be read once more, for nothing. */
  processHeaders(): Map<string, string> {
    return new Map();
  }

  /** mailparser's own ends its last decoder twice, each time at the price of an error that nothing reads. */
  endStream(): void {
    const ending = this as unknown as Ending;
    ending.finished = true;
    const decoder = ending.curnode ? ending.curnode.decoder : undefined;
    if (decoder?.writableEnded === false) decoder.end();
    if (typeof ending.waitingEnd === "function") ending.waitingEnd();
  }

  getTextContent(): { type: "text" } {
    return { type: "text" };
  }

  /** Once mailsplit has read the header of a node, what it goes on by is set from our reading. */
  #readBy(node: SplitNode): void {
    const parse = node.parseHeaders.bind(node);
    node.parseHeaders = () => {
      if (this.#headers.has(node)) return;
      parse();
      const part = this.#readHeader(node);
      this.#headers.set(node, part);
      node.contentType = part.contentType;
      node.disposition = part.contentDisposition ?? false;
      node.filename = part.filename ?? false;
      // Decoded by `decodeTransfer`, of the whole part.
      node.encoding = false;
      node.flowed = false;
      node.rfc822 = part.contentType === "message/rfc822";
      node.multipart = part.contentType.startsWith("multipart/") ? part.contentType.slice(10) : false;
      if (isText(part) && this.#isFileBetweenTexts(part)) node.disposition = "attachment";
      if (node.multipart !== false) this.#repairBoundary(node);
    };
  }

  #readHeader(node: SplitNode): PartHeader {
    const lines = node.headers.getList();
    const types = lines.filter(({ key }) => key === "content-type").length;
    if (types > 1) this.warnings.add("several_content_types");
    const part = readPartHeader(lines, (boundary) => boundary !== "" && isUsed(this.#message, boundary));
    // What a digest's parts are where they do not say (RFC 2046 5.1.5).
    if (types === 0 && node.parentNode !== false && node.parentNode.multipart === "digest")
      return { ...part, contentType: "message/rfc822", digest: true };
    const boundary = part.params["boundary"];
    // Blanks at a boundary's end are none of its own (RFC 2046 5.1.1).
    if (part.contentType.startsWith("multipart/") && boundary !== undefined && (types > 1 || /\s$/.test(boundary)))
      node._boundary = Buffer.from(boundary.trimEnd(), "latin1");
    return part;
  }

  /** A named text below the first one is a file that somebody added (RFC 8621 4.1.4 splits bodies the same way). */
  #isFileBetweenTexts(part: PartHeader): boolean {
    if (part.contentDisposition !== "attachment") this.#texts += 1;
    return this.#texts > 1 && part.filename !== null;
  }

  #repairBoundary(node: SplitNode): void {
    const declared = node._boundary === false ? null : node._boundary.toString("latin1");
    if (declared !== null && (!node.root || isUsed(this.#message, declared))) return;
    const outer: string[] = [];
    for (let owner = node._parentBoundaryOwner; owner !== false; owner = owner._parentBoundaryOwner) {
      if (owner._boundary !== false) outer.push(owner._boundary.toString("latin1"));
    }
    const found = boundaryInUse(this.#message, outer);
    this.warnings.add(found === null ? "multipart_without_parts" : "boundary_mended");
    if (found !== null) node._boundary = Buffer.from(found, "latin1");
    else {
      // Nothing to split: what there is, is text.
      node.multipart = false;
      node.contentType = "text/plain";
      this.#headers.set(node, { ...(this.#headers.get(node) as PartHeader), contentType: "text/plain" });
    }
  }
}

function isText({ contentType }: PartHeader): boolean {
  return contentType === "text/plain" || contentType === "text/html";
}

/** `<meta charset>` of html that declares no charset in its header (HTML 13.2.3.2). */
function charsetInHtml(bytes: Buffer): string | null {
  return (
    /<meta[^>]{0,200}?charset\s{0,20}=\s{0,20}["']?\s{0,20}([\w.:-]{2,40})/i.exec(
      bytes.toString("latin1", 0, 2_048),
    )?.[1] ?? null
  );
}
