import EmailReplyParser from "email-reply-parser";
import { unquotedTextOfSafeHtml } from "./html-text.ts";
import { CUTS } from "./limits.ts";
import { quoteStart } from "./quote-headers.ts";
import { closingLine } from "./signature.ts";

/** Without any of these email-reply-parser hides nothing: a separator, a line that ends in a colon, a closing word. */
const MAY_HIDE =
  /^[ \t]{0,20}[-_+=]{2}|[:：]$|^(sent|get outlook|cheers|best|von|gesendet|sendt|envoyé|télécharger|bien|bonne|enviado|in data|verzonden|verstuurd|from|de|van|da)\b|\b(regards|cordialement)\b/im;

/**
 * The new words of an email, without quotes and signature (UN5). First Inlet's own line rules cut at the quoted message,
 * then email-reply-parser takes off the signature and interleaved quotes. Its expressions backtrack, so it only gets
 * text that it reads in bounded time; other text keeps what the line rules left. Where nothing new is left (a bare
 * forward) the whole text counts as new. Null for mail without text. `html` is sanitized html.
 */
export function replyTextOf(body: {
  text: string | null;
  textOfHtml: string | null;
  html: string | null;
}): string | null {
  const full = body.text ?? body.textOfHtml;
  if (full === null) return null;
  const source = body.text === null && body.html !== null ? unquotedTextOfSafeHtml(body.html) : full;
  const bounded = source.length > CUTS.replyChars ? source.slice(0, CUTS.replyChars) : source;
  const visible = withoutSignature(withoutQuotes(bounded));
  return visible === "" ? full.trim() : visible;
}

/** Text above the quoted message, without lines quoted by `>`. */
function withoutQuotes(text: string): string {
  const lines = text.split("\n");
  const start = quoteStart(lines);
  const above = start === -1 ? lines : lines.slice(0, start);
  // Nothing above: the answer stands below or between the quotes.
  const kept = above.some((line) => line.trim() !== "") ? above : lines.slice(start + 1);
  return collapse(kept.filter((line) => !/^\s{0,3}>/.test(line)));
}

function withoutSignature(text: string): string {
  const lines = text.split("\n");
  const delimiter = lines.findIndex((line, index) => index > 0 && /^-- ?$/.test(line));
  const end = delimiter === -1 ? closingLine(lines) : delimiter;
  const cut = end === -1 ? text : lines.slice(0, end).join("\n");
  const parsed = MAY_HIDE.test(cut) && isSafeForParser(cut) ? new EmailReplyParser().parseReply(cut) : cut;
  return parsed.trim() === "" ? cut.trim() : parsed.trim();
}

/**
 * Whether email-reply-parser reads this in bounded time: some of its expressions span lines and go back over them as
 * often as their opening words occur, others go back over long lines.
 */
function isSafeForParser(text: string): boolean {
  if (text.length > 8_000) return false;
  const lines = text.split("\n");
  if (lines.some((line) => line.length > 1_000)) return false;
  const openings = lines.filter((line) => /^\s*(Op\s|W\sdniu|Dnia|在|[a-z]{3,4}\.\s)/.test(line)).length;
  return openings <= 3;
}

function collapse(lines: readonly string[]): string {
  return lines
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
