/** A file that stood as uuencoded lines in text (POSIX uuencode). */
export interface UuencodedFile {
  readonly filename: string;
  readonly bytes: Buffer;
}

const BEGIN = /^begin(?:-base64)? [0-7]{3,4} (\S[^\r\n]{0,250})$/;
/** One block is at most this many lines: 45 bytes each, so past the largest message. */
const MAX_FILES = 100;

/**
 * Takes uuencoded files out of text: what stays is the text around them. A block needs a `begin` line, data lines whose
 * length fits what they announce, and an `end`; any other `begin` is a word.
 */
export function takeUuencoded(text: string): { readonly text: string; readonly files: readonly UuencodedFile[] } {
  if (!text.includes("begin") || !/^begin(?:-base64)? [0-7]/m.test(text)) return { text, files: [] };
  const lines = text.split("\n");
  const kept: string[] = [];
  const files: UuencodedFile[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] as string).trimEnd();
    const name = files.length < MAX_FILES ? BEGIN.exec(line)?.[1] : undefined;
    const block = name === undefined ? null : readBlock(lines, at + 1, line.startsWith("begin-base64"));
    if (name === undefined || block === null) kept.push(lines[at] as string);
    else {
      files.push({ filename: name.trim(), bytes: block.bytes });
      at = block.end;
    }
  }
  return files.length === 0 ? { text, files } : { text: kept.join("\n"), files };
}

function readBlock(lines: readonly string[], from: number, base64: boolean): { bytes: Buffer; end: number } | null {
  const pieces: Buffer[] = [];
  for (let at = from; at < lines.length; at++) {
    // Blanks at the end are data that a relay may have cut off: a line is filled up again.
    const line = (lines[at] as string).replace(/\r$/, "");
    if (line.trimEnd() === (base64 ? "====" : "end")) return { bytes: Buffer.concat(pieces), end: at };
    const bytes = base64 ? base64Line(line) : dataLine(line);
    if (bytes === null) return null;
    pieces.push(bytes);
  }
  return null;
}

function base64Line(line: string): Buffer | null {
  return /^[A-Za-z0-9+/]*={0,2}\s*$/.test(line) ? Buffer.from(line, "base64") : null;
}

function dataLine(line: string): Buffer | null {
  if (line.trim() === "" || line.trim() === "`") return Buffer.alloc(0);
  const length = value(line.charCodeAt(0));
  const needed = Math.ceil((length * 4) / 3);
  // Some encoders add a checksum character, relays cut blanks.
  if (length > 45 || line.length - 1 > needed + 4 || /[^ -`]/.test(line)) return null;
  const bytes = Buffer.alloc(Math.ceil(length / 3) * 3);
  for (let group = 0; group * 3 < length; group++) {
    const bits = [1, 2, 3, 4].reduce((sum, offset) => sum * 64 + value(line.charCodeAt(group * 4 + offset) || 0x20), 0);
    bytes.writeUIntBE(bits, group * 3, 3);
  }
  return bytes.subarray(0, length);
}

function value(code: number): number {
  return (code - 0x20) & 0x3f;
}
