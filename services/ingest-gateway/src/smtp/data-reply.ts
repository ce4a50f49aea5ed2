import type { MailEnd } from "./observe-mail.ts";
import { REPLIES } from "./replies.ts";
import type { MailRefusal } from "./replies.ts";

/** What smtp-server's `onData` is called back with. */
export type DataReply = readonly [error: MailRefusal | null, message?: string | (string | MailRefusal)[]];

/**
 * The reply to a message by how it ended for each recipient. LMTP answers each (RFC 2033 4.2). SMTP has one answer: all are durable, or
 * the sender keeps the message, and those who have it already know it again by its event id.
 */
export function replyTo(ends: readonly MailEnd[], perRecipient: boolean): DataReply {
  if (perRecipient) return [null, ends.map((end) => (end.kind === "refused" ? end.refusal : accepted([end.eventId])))];
  const refusals = ends.flatMap((end) => (end.kind === "refused" ? [end.refusal] : []));
  const worst = refusals.find(({ responseCode }) => responseCode < 500) ?? refusals[0];
  if (worst !== undefined) return [worst];
  return [null, accepted([...new Set(ends.flatMap((end) => (end.kind === "accepted" ? [end.eventId] : [])))])];
}

function accepted(eventIds: readonly string[]): string {
  return `${REPLIES.accepted.text} ${eventIds.join(" ")}`;
}
