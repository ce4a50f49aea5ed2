import type { DeliveryAttempt } from "../attempt.ts";

/**
 * Finds which registered messages of the tenant this email answers (WR3), and notes what it refers to, so that a message that is
 * registered only later finds it. An email that begins a thread costs nothing, nor does one of a tenant that no one registers for.
 */
export async function findSentMessages(email: DeliveryAttempt): Promise<void> {
  const { event, deps, tenant, facts } = email;
  if (tenant.outbound === null) return;
  const messageIds = facts.references;
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
