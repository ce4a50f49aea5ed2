import { createHash } from "node:crypto";
import { threadIndexRoot } from "@inlet/schemas";
import type { OutlookThread } from "@inlet/schemas";
import { cleanText } from "../charset/clean-text.ts";
import { decodeWords } from "./encoded-words.ts";
import { TRUNCATION_LIMITS } from "../limits.ts";

/**
 * Message ids of a Message-ID, In-Reply-To or References value (RFC 5322 3.6.4), without brackets, in order, each once.
 * Ids inside `<>` count, also where the `>` is missing; where there is none, words that look like an id do (broken senders
 * leave the brackets off). Encoded words (Exchange) and escaped brackets (web forms) are undone first.
 */
export function messageIds(value: string): string[] {
  const text = unescapedBrackets(decodeWords(cleanText(value).slice(0, 512 * 1024)));
  const bracketed = [...text.matchAll(/<([^<>]{1,2000})>|<([^<>\s]{1,2000})/g)].map(
    (match) => (match[1] ?? match[2]) as string,
  );
  const words = text.split(/[\s,;<>()"']+/).filter((word) => /[^@]@[^@]/.test(word));
  const found = bracketed.length > 0 ? bracketed : words;
  return [...new Set(found.map(normalizedId).filter((id) => id !== ""))];
}

/**
 * The id that an In-Reply-To names: the first; among words (`Message from Joe <joe@x> of Monday <id@y>`, RFC 822 4.6.2) the
 * last, since the addresses of people stand in brackets too.
 */
export function repliedTo(value: string): string | null {
  const ids = messageIds(value);
  const words = /[A-Za-z]{2}/.test(value.slice(0, 10_000).replace(/<[^<>]*>|\([^()]*\)|=\?[^\s]*/g, ""));
  return (words && value.includes("<") ? ids.at(-1) : ids[0]) ?? null;
}

/** The one id of a Message-ID header; a value without brackets or `@` still names the message. Null when empty. */
export function messageId(value: string | null): string | null {
  if (value === null) return null;
  return messageIds(value)[0] ?? (normalizedId(value.replace(/[<>]/g, "")) || null);
}

/** References as kept: all, or the first (the root) and the newest ones. */
export function keptReferences(ids: readonly string[]): string[] {
  if (ids.length <= TRUNCATION_LIMITS.references) return [...ids];
  return [ids[0] as string, ...ids.slice(1 - TRUNCATION_LIMITS.references)];
}

/** What the conversation id is made of (docs/concepts/protocol.md, section 1): from headers alone, so the same whatever arrives first. */
export function conversationRoot(thread: {
  references: readonly string[];
  inReplyTo: string | null;
  outlook: OutlookThread;
  messageId: string | null;
  contentHash: string;
}): string {
  return (
    thread.references[0] ??
    thread.inReplyTo ??
    threadIndexRoot(thread.outlook) ??
    thread.messageId ??
    thread.contentHash
  );
}

function unescapedBrackets(text: string): string {
  return text.includes("&lt;") ? text.replaceAll("&lt;", "<").replaceAll("&gt;", ">") : text;
}

function normalizedId(id: string): string {
  const bare = id.replace(/\s+/g, "");
  // Bytes, as an index counts them: 998 characters may be four times as many.
  if (Buffer.byteLength(bare) <= TRUNCATION_LIMITS.messageIdBytes) return bare;
  // Cut ids of one sender would collide: keep them apart by their hash.
  return `${bare.slice(0, 200)}~${createHash("sha256").update(bare).digest("hex")}`;
}
