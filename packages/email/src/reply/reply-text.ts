import { hasMarks, hasQuoteMarks, markedTextOfSafeHtml } from "../html/html-text.ts";
import { TRUNCATION_LIMITS } from "../limits.ts";
import { takeBanner } from "./banner.ts";
import { readReply } from "./read-reply.ts";
import type { Reply } from "./read-reply.ts";
import type { Sender } from "./signature-block.ts";
import { signatureIn } from "./signature.ts";
import type { Signature } from "./signature.ts";

export interface ReplyAndSignature {
  /** The new words; null for mail without text. */
  readonly replyText: string | null;
  /** What the receiving gateway put above the words; null where there is nothing of the kind. */
  readonly banner: string | null;
  /** Null where no signature shows. */
  readonly signature: Signature | null;
}

/** The bodies of a mail: `textOfHtml` where there is no text, `html` sanitized; `from` the sender. */
export interface ReplyBodies {
  readonly text: string | null;
  readonly textOfHtml: string | null;
  readonly html: string | null;
  readonly from: Sender;
}

/**
 * The new words of an email, without quotes and signature, and what the signature tells (UN5). Text is read where there
 * is one; what mail programs marked in the html helps where the text does not show its quotes. Quotes that answers stand
 * between stay. Where nothing is new (a bare forward) what was forwarded counts as new. Linear.
 */
export function extractReply(bodies: ReplyBodies): ReplyAndSignature {
  const full = bodies.text ?? bodies.textOfHtml;
  if (full === null) return { replyText: null, banner: null, signature: null };
  const { banner, text } = takeBanner(full);
  const { from } = bodies;
  const reply = bodies.text === null ? readHtml(bodies, text, from) : readBoth(text, bodies.html, from);
  return { replyText: reply.words || text.trim(), banner, signature: signatureIn(reply, from) };
}

function readHtml(bodies: ReplyBodies, full: string, from: Sender): Reply {
  // Without any mark it is the same text, and making it costs as much as the parsing.
  const marked =
    bodies.html === null || !hasMarks(bodies.html) ? "" : takeBanner(markedTextOfSafeHtml(bodies.html)).text;
  return readReply(bounded(marked === "" ? full : marked), from);
}

/** Text that shows no quote while the html has marks: the text ends where the quote of the html begins. */
function readBoth(text: string, html: string | null, from: Sender): Reply {
  const reply = readReply(bounded(text), from);
  if (reply.quotes || html === null || !hasQuoteMarks(html)) return reply;
  const ofHtml = readReply(bounded(takeBanner(markedTextOfSafeHtml(html)).text), from);
  if (!ofHtml.quotes || ofHtml.words === "") return reply;
  const end = findEnd(text, ofHtml.words);
  return end === -1 ? ofHtml : { ...ofHtml, words: text.slice(0, end).trim() };
}

/** Where in the text the words end that it begins with, white space and emphasis aside; -1 if it begins with others. */
function findEnd(text: string, words: string): number {
  const wanted = words.replace(/[\s\u00A0*_>]/g, "");
  let matched = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (matched === wanted.length) return at;
    if (/[\s\u00A0*_>]/.test(text.charAt(at))) continue;
    if (text.charAt(at) !== wanted.charAt(matched)) return -1;
    matched += 1;
  }
  return matched === wanted.length ? text.length : -1;
}

function bounded(text: string): string {
  return text.length > TRUNCATION_LIMITS.replyChars ? text.slice(0, TRUNCATION_LIMITS.replyChars) : text;
}
