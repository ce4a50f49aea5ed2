import { fileTypeFromBuffer } from "file-type";
import { TRUNCATION_LIMITS } from "../limits.ts";

/** Zip-based formats name themselves in an entry that may lie behind others. */
const ZIP = "application/zip";
/** What makes a browser take bytes for html (https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type). */
const HTML = /^<(?:!doctype\s+html|(?:html|head|script|iframe|body|title|style|meta|base|form)(?=[\s/>]))/i;
const SVG = /^<(?:!doctype\s+)?svg(?=[\s/>])/i;
const SCRIPT = /^#!\s{0,20}\//;

/**
 * The media type that the bytes themselves tell, whatever they are called: by file-type (signatures, also inside zip-based office formats),
 * then what file-type leaves out because it is text, and a browser or a shell runs: html, svg, scripts. Null when they tell nothing. Never
 * throws: a crafted archive only stays without a type.
 */
export async function sniffType(bytes: Uint8Array): Promise<string | null> {
  const head = bytes.subarray(0, TRUNCATION_LIMITS.sniffBytes);
  const binary = await detectSignature(head);
  if (binary === ZIP && bytes.byteLength > head.byteLength) return (await detectSignature(bytes)) ?? ZIP;
  return binary === null || binary === "application/xml" ? (detectTextKind(head) ?? binary) : binary;
}

async function detectSignature(bytes: Uint8Array): Promise<string | null> {
  try {
    return (await fileTypeFromBuffer(bytes))?.mime ?? null;
  } catch {
    return null;
  }
}

function detectTextKind(head: Uint8Array): string | null {
  if (!mayBeMarkup(head)) return null;
  const text = getText(head.subarray(0, 8_192));
  const first = text.slice(findStart(text), findStart(text) + 100);
  if (SVG.test(first)) return "image/svg+xml";
  if (HTML.test(first)) return "text/html";
  return SCRIPT.test(text) ? "text/x-shellscript" : null;
}

/** Markup and scripts begin with `<` or `#` behind white space and a byte order mark: most files are told by one byte. */
function mayBeMarkup(head: Uint8Array): boolean {
  const first = head.find((byte) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0xa0);
  return first !== undefined && (first === 0x3c || first === 0x23 || first >= 0xef);
}

/** Where white space, comments and declarations of xml end. One pass: a pattern for it would go back and forth over crafted comments. */
function findStart(text: string): number {
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at += 1;
    const end = text.startsWith("<!--", at) ? "-->" : text.startsWith("<?", at) ? "?>" : null;
    const close = end === null ? -1 : text.indexOf(end, at + 2);
    if (end === null || close === -1) return at;
    at = close + end.length;
  }
}

/** Enough of a decoder to see the first tags; browsers follow a byte order mark. */
function getText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder("windows-1252").decode(bytes).replace(/^\u00EF\u00BB\u00BF/, "");
}
