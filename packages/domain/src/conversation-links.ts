import { buildConversationId, threadIndexRoot, type NormalizedEvent } from "@inlet/schemas";

/** A thread longer than this is joined by its root and its newest messages: one email never joins more conversations than that. */
export const MOST_RELATED = 50;

export type ThreadHeader = "references" | "in-reply-to" | "thread-index";

export interface ConversationLinks {
  /** What the email refers to: Message-IDs without brackets, and Outlook's thread root. Two emails that name the same one are of one conversation. */
  readonly related: string[];
  /** The conversation ids that those (and the email's own Message-ID) would be the root of. */
  readonly roots: string[];
  /** The headers that say so; none in an email that begins a thread. */
  readonly headers: ThreadHeader[];
}

/** What an email's headers tie it to (UN7). The subject ties nothing; an email that refers to itself is not tied by that. */
export function conversationLinks(
  email: Pick<NormalizedEvent, "tenantId" | "messageId" | "inReplyTo" | "references" | "subject" | "headers">,
): ConversationLinks {
  const isOther = (id: string | null): id is string => id !== null && id !== email.messageId;
  const references = email.references.filter(isOther);
  const inReplyTo = [email.inReplyTo].filter(isOther);
  // Outlook keeps it in replies that carry References as well: it ties them to those that carry nothing else.
  const outlook = [threadIndexRoot({ ...getThreadFields(email.headers), subject: email.subject })].filter(
    (root) => root !== null,
  );
  const named = [...new Set([...references, ...inReplyTo])];
  const kept = named.length <= MOST_RELATED ? named : [...named.slice(0, 1), ...named.slice(1 - MOST_RELATED)];
  const related = [...kept, ...outlook];
  return {
    related,
    roots: [...related, ...(email.messageId === null ? [] : [email.messageId])].map((id) =>
      buildConversationId(email.tenantId, id),
    ),
    headers: [
      ...(references.length > 0 ? ["references" as const] : []),
      ...(inReplyTo.length > 0 ? ["in-reply-to" as const] : []),
      ...(outlook.length > 0 ? ["thread-index" as const] : []),
    ],
  };
}

/** Headers so large that they lie in the blob store are not fetched for it: References are in the email itself. */
function getThreadFields(headers: NormalizedEvent["headers"]): { index: string | null; topic: string | null } {
  const value = (wanted: string): string | null =>
    Array.isArray(headers) ? (headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? null) : null;
  return { index: value("thread-index"), topic: value("thread-topic") };
}
