import type { EmailWarning } from "@inlet/schemas";

export interface RepairedParts {
  readonly message: Buffer;
  readonly warnings: readonly EmailWarning[];
}

const LONGEST_LINE = 1_200;
const MAX_EDITS = 1_000;
const MAX_BOUNDARIES = 1_000;
const BOUNDARY = /boundary\s{0,8}=\s{0,8}(?:"([^"\r\n]{1,200})"|([^\s;",]{1,200}))/gi;
/** A field of a part: what stands before the colon is a name, and no scheme of a link. */
const FIELD = /^[A-Za-z][A-Za-z0-9-]{0,60}[ \t]{0,8}:(?!\/\/)/;
const CRLF = Buffer.from("\r\n");

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Buffer;
}

/**
 * Repairs what is wrong where the parts of a multipart meet, in the message's own multiparts only (an attached message stays as it is): a part
 * without the blank line below its header, a last delimiter that breaks off, blanks inside the closing delimiter (`--b  --`), a message in a
 * digest without the blank line in front. The given bytes where nothing is. One look at each line that begins with two dashes.
 */
export function repairParts(message: Buffer): RepairedParts {
  const end = headerEnd(message);
  const boundaries = new Map<string, { digest: boolean; closed: boolean }>();
  learn(boundaries, message.toString("latin1", 0, end));
  if (boundaries.size === 0) return { message, warnings: [] };
  const edits: Edit[] = [];
  const warnings = new Set<EmailWarning>();
  for (let at = message.indexOf("--", end); at !== -1 && edits.length < MAX_EDITS; at = message.indexOf("\n--", at)) {
    if (message[at] === 0x0a) at += 1;
    else if (at > 0 && message[at - 1] !== 0x0a) continue;
    const { text, next, whole } = lineAt(message, at);
    const name = text.slice(2);
    const open = boundaries.get(name);
    if (!whole) {
      const cut = cutDelimiter(boundaries, name);
      if (cut !== null) {
        edits.push({ at, remove: message.length - at, insert: Buffer.from(`--${cut}--\r\n`, "latin1") });
        warnings.add("cut_off");
      }
      break;
    }
    if (open !== undefined) repairPart(message, next, boundaries, open.digest, edits, warnings);
    else if (name.endsWith("--")) {
      const bare = name.slice(0, -2).trimEnd();
      const closed = boundaries.get(bare);
      if (closed === undefined) continue;
      closed.closed = true;
      if (bare.length + 2 !== name.length)
        edits.push({ at, remove: next - at, insert: Buffer.from(`--${bare}--\r\n`, "latin1") });
    }
  }
  return { message: edits.length === 0 ? message : applied(message, edits), warnings: [...warnings] };
}

/** Reads the header of the part that begins at `from`. */
function repairPart(
  message: Buffer,
  from: number,
  boundaries: Map<string, { digest: boolean; closed: boolean }>,
  digest: boolean,
  edits: Edit[],
  warnings: Set<EmailWarning>,
): void {
  let header = "";
  for (let at = from; at < message.length;) {
    const { text, next } = lineAt(message, at);
    if (text === "") break;
    // A multipart's own first delimiter may stand there.
    if (text.startsWith("--") && /^content-type[ \t]*:\s*multipart\//im.test(header)) learn(boundaries, header);
    if (text.startsWith("--") && isDelimiter(boundaries, text.slice(2))) {
      // No blank line and no body: what there is is header.
      edits.push({ at, remove: 0, insert: CRLF });
      break;
    }
    const folded = at > from && /^[ \t]/.test(text);
    // The header of a digest's message stands behind a blank line (RFC 2046 5.1.5).
    const inner = digest && at === from && FIELD.test(text) && !/^content-/i.test(text);
    if (inner || (!folded && !FIELD.test(text) && !goesOn(message, next, boundaries))) {
      edits.push({ at, remove: 0, insert: CRLF });
      if (!inner) warnings.add("part_header_end_missing");
      break;
    }
    header += `${text}\n`;
    if (header.length > 64 * 1024) return;
    at = next;
  }
  if (/^content-type[ \t]*:\s*multipart\//im.test(header)) learn(boundaries, header);
}

/** Whether a field of MIME follows before the blank line: then a line that is no field stands inside of the header. */
function goesOn(message: Buffer, from: number, boundaries: ReadonlyMap<string, unknown>): boolean {
  for (let at = from, count = 0; count < 8 && at < message.length; count += 1) {
    const { text, next } = lineAt(message, at);
    if (text === "" || (text.startsWith("--") && isDelimiter(boundaries, text.slice(2)))) return false;
    if (/^content-(?:type|transfer-encoding|disposition|id)[ \t]*:/i.test(text)) return true;
    at = next;
  }
  return false;
}

function isDelimiter(boundaries: ReadonlyMap<string, unknown>, name: string): boolean {
  return boundaries.has(name) || (name.endsWith("--") && boundaries.has(name.slice(0, -2).trimEnd()));
}

/** The boundary whose delimiter the last line of a message is the beginning of; the newest of those that are open. */
function cutDelimiter(boundaries: ReadonlyMap<string, { closed: boolean }>, name: string): string | null {
  if (name === "") return null;
  for (const [boundary, { closed }] of [...boundaries].toReversed()) {
    if (!closed && `${boundary}-`.startsWith(name)) return boundary;
  }
  return null;
}

function learn(boundaries: Map<string, { digest: boolean; closed: boolean }>, header: string): void {
  const digest = /content-type[ \t]*:\s*multipart\/digest/i.test(header);
  for (const [, quoted, bare] of header.matchAll(BOUNDARY)) {
    const boundary = (quoted ?? bare ?? "").trimEnd();
    if (boundary !== "" && boundaries.size < MAX_BOUNDARIES && !boundaries.has(boundary))
      boundaries.set(boundary, { digest, closed: false });
  }
}

/** Where the message's header ends. */
function headerEnd(message: Buffer): number {
  const bare = message.indexOf("\n\n");
  const crlf = message.indexOf("\n\r\n");
  if (bare === -1 && crlf === -1) return message.length;
  return bare === -1 ? crlf : crlf === -1 ? bare : Math.min(bare, crlf);
}

/** A line without its end and trailing blanks, a character a byte. */
function lineAt(message: Buffer, at: number): { text: string; next: number; whole: boolean } {
  const lf = message.indexOf(0x0a, at);
  const end = lf === -1 ? message.length : lf;
  return {
    text: message.toString("latin1", at, Math.min(end, at + LONGEST_LINE)).trimEnd(),
    next: lf === -1 ? message.length : lf + 1,
    whole: lf !== -1,
  };
}

function applied(message: Buffer, edits: readonly Edit[]): Buffer {
  const pieces: Buffer[] = [];
  let done = 0;
  for (const { at, remove, insert } of edits) {
    pieces.push(message.subarray(done, at), insert);
    done = at + remove;
  }
  return Buffer.concat([...pieces, message.subarray(done)]);
}
