import type { DeliveryAttempt } from "../attempt.ts";

/** Messages of a thread that are looked for: the one that is answered, the newest before it, and the first. */
const MOST_MENTIONED = 20;

/**
 * Finds which registered messages of the tenant this email answers (WR3), and notes what it refers to, so that a message that is
 * registered only later finds it. An email that begins a thread costs nothing, nor does one of a tenant that no one registers for.
 */
export async function findSentMessages(email: DeliveryAttempt): Promise<void> {
  const { event, deps, tenant } = email;
  if (tenant.outbound === null) return;
  const messageIds = getReferences(event);
  if (messageIds.length === 0) return;
  email.sentMessages = await deps.ledger.conversations.recordReferences({
    tenant: event.tenantId,
    emailKey: event.emailKey,
    eventId: event.eventId,
    lane: event.lane,
    conversationId: email.conversationId,
    messageIds,
  });
  const [best] = email.sentMessages;
  if (best === undefined) return;
  const campaign = email.sentMessages.find((message) => message.campaign !== null)?.campaign ?? null;
  email.evidence["sentMessage"] = { messageId: best.messageId, campaign };
}

/** Best first: In-Reply-To, then References from the newest; of a long thread the first is kept too. */
export function getReferences(event: {
  inReplyTo: string | null;
  references: readonly string[];
  messageId: string | null;
}): string[] {
  const newestFirst = event.references.toReversed();
  const all = [...new Set([...(event.inReplyTo === null ? [] : [event.inReplyTo]), ...newestFirst])].filter(
    (id) => id !== event.messageId,
  );
  return all.length <= MOST_MENTIONED ? all : [...all.slice(0, MOST_MENTIONED - 1), ...all.slice(-1)];
}
