import { deEncapsulateSync } from "rtf-stream-parser";
import { decodeBytes } from "../charset/charset.ts";
import { readRtfText } from "./rtf-text.ts";

const COMPRESSED = 0x75465a4c;
const UNCOMPRESSED = 0x414c454d;
const WINDOW = 4096;
/** What every compressed RTF begins with in its window (MS-OXRTFCP 2.1.2.1). */
const PRESET =
  "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
/** Bytes of RTF that are read: stops a small file that unpacks to a large one. */
const LONGEST = 4 * 1024 * 1024;

/** The words of Outlook's compressed RTF (PidTagRtfCompressed): html or text that was wrapped in it (MS-OXRTFEX), else what it shows. */
export function readCompressedRtf(
  bytes: Buffer,
): { readonly text: string | null; readonly html: string | null } | null {
  const rtf = decompress(bytes);
  if (rtf === null || rtf.toString("latin1", 0, 5) !== "{\\rtf") return null;
  if (/\\fromhtml1/.test(rtf.toString("latin1", 0, 2_000))) {
    try {
      const found = deEncapsulateSync(rtf, { decode: (part, charset) => decodeBytes(part, charset).text });
      const content = found.text.toString();
      if (content.trim() !== "")
        return found.mode === "html" ? { text: null, html: content } : { text: content, html: null };
    } catch {
      // Broken inside: what it shows is read below.
    }
  }
  const text = readRtfText(rtf.toString("latin1"));
  return text.trim() === "" ? null : { text, html: null };
}

/** MS-OXRTFCP 2.2. What breaks off gives what was there; null when it is none. Of a header's sizes nothing is trusted. */
export function decompress(bytes: Buffer): Buffer | null {
  if (bytes.length < 17) return null;
  const type = bytes.readUInt32LE(8);
  if (type === UNCOMPRESSED) return bytes.subarray(16, 16 + Math.min(bytes.readUInt32LE(4), LONGEST));
  if (type !== COMPRESSED) return null;
  const window = Buffer.alloc(WINDOW);
  let to = window.write(PRESET, "latin1");
  const output = Buffer.alloc(Math.min(LONGEST, bytes.length * 17));
  let length = 0;
  const put = (byte: number): void => {
    window[to] = byte;
    to = (to + 1) % WINDOW;
    if (length < output.length) output[length++] = byte;
  };
  for (let at = 16; at < bytes.length && length < output.length;) {
    const control = bytes[at++] ?? 0;
    for (let bit = 0; bit < 8 && at < bytes.length; bit += 1) {
      if ((control & (1 << bit)) === 0) {
        put(bytes[at++] ?? 0);
        continue;
      }
      if (at + 1 >= bytes.length) return output.subarray(0, length);
      const token = bytes.readUInt16BE(at);
      at += 2;
      let from = token >> 4;
      if (from === to) return output.subarray(0, length);
      for (let count = (token & 15) + 2; count > 0; count -= 1, from = (from + 1) % WINDOW) put(window[from] ?? 0);
    }
  }
  return output.subarray(0, length);
}
