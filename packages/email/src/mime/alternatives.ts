import { decodeBytes } from "../charset/charset.ts";
import type { FilePart, TextPart } from "./mime-part.ts";
import { readRtfText } from "./rtf-text.ts";

/** Said again for one program: AMP for Gmail, a watch's html, structured data, a reaction. Never a file, whatever its name. */
const FOR_PROGRAMS =
  /^(?:text\/(?:x-amp-html|watch-html|vnd\.google\.email-reaction\+json)|application\/(?:ld\+json|.{1,60}\.email-reaction\+json))$/;
/** Types of text that are files where somebody gave them a name. */
const WORDS = /^(?:text\/(?!calendar$|x-vcalendar$)[a-z0-9.+-]{1,60}|application\/(?:json|.{1,60}\+json|rtf))$/;

/** Whether a leaf of a multipart/alternative is another form of its text (RFC 2046 5.1.4) and no file. */
export function isAlternative(file: FilePart): boolean {
  if (/^attachment/i.test(file.contentDisposition ?? "")) return false;
  return FOR_PROGRAMS.test(file.contentType) || (file.filename === null && WORDS.test(file.contentType));
}

const HTML = /^text\/(?:x-amp-html|watch-html|xhtml)$|^application\/xhtml\+xml$/;
const ENRICHED = /^text\/(?:enriched|richtext)$/;
const PLAIN = /^text\/(?:markdown|x-markdown|x-web-markdown|x-[a-z0-9.-]{1,60}|troff|org|asciidoc)$/;
const RICH = /^(?:text|application)\/rtf$/;
const LARGEST = 1024 * 1024;

/** The text of a mail that says it in a rarer form only: Markdown, text/enriched (RFC 1896), RTF, a program's html. */
export function readOtherForm(file: FilePart): TextPart | null {
  const { contentType, params, place } = file;
  if (file.filename !== null || /^attachment/i.test(file.contentDisposition ?? "") || file.bytes.length > LARGEST)
    return null;
  const html = HTML.test(contentType);
  const rich = RICH.test(contentType);
  if (!html && !rich && !ENRICHED.test(contentType) && !PLAIN.test(contentType)) return null;
  if (rich && Buffer.from(file.bytes.subarray(0, 5)).toString("latin1") !== "{\\rtf") return null;
  // RTF names its characters itself.
  const { text } = rich
    ? { text: readRtfText(Buffer.from(file.bytes).toString("latin1")) }
    : decodeBytes(file.bytes, params["charset"] ?? null);
  const words = ENRICHED.test(contentType) ? withoutCommands(text) : text;
  if (words.trim() === "") return null;
  return { contentType: html ? "text/html" : "text/plain", text: words, alternative: true, place };
}

/** RFC 1896: commands in angle brackets, `<<` for one of them, a single line end is a space. */
function withoutCommands(text: string): string {
  return text
    .replace(/\r\n/g, "\n")
    .replace(/<param>[^<]{0,500}<\/param>/gi, "")
    .replace(/<<|<\/?[a-zA-Z-]{1,60}>/g, (command) => (command === "<<" ? "<" : ""))
    .replace(/\n+/g, (lines) => (lines.length === 1 ? " " : "\n".repeat(lines.length - 1)));
}
