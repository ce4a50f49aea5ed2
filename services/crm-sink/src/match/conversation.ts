import { conversationLinks, ok, type StepResult } from "@inlet/domain";
import { getTopicLane } from "@inlet/schemas";
import type { DeliveryAttempt } from "../attempt.ts";

/** Finds the canonical conversation, joining those that this email's headers show to be one. */
export async function joinConversation(email: DeliveryAttempt): Promise<StepResult<string>> {
  const { event, deps } = email;
  const { related, roots, headers } = conversationLinks(event);
  const canonical = await deps.ledger.conversations.canonical({
    tenant: event.tenantId,
    conversationId: event.conversationId,
    messageId: event.messageId,
    related,
    roots,
  });
  if (canonical === null) return { kind: "retry", code: "conversation_being_joined", attempt: null, delayMs: 500 };
  email.conversationId = canonical;
  // Headers are the sender's word (decision 11): who wonders how an email came to a deal sees which ones brought it there.
  if (headers.length > 0) email.evidence["conversation"] = { id: canonical, matchedBy: headers };
  return ok(canonical);
}

/** While an earlier email of the conversation waits, this one waits behind it: a CRM shows a conversation in its order. */
export async function queueBehindConversation(email: DeliveryAttempt): Promise<StepResult<null>> {
  // Waiting mail is released head first by the ledger itself.
  if (email.incoming.from === "waiting") return ok(null);
  const waits = await email.deps.ledger.waiting.conversationWaits({
    tenant: email.event.tenantId,
    conversationId: email.conversationId,
    eventId: email.event.eventId,
    lane: getTopicLane(email.incoming.record.topic),
  });
  return waits ? { kind: "park", code: "behind_conversation", delayMs: 0 } : ok(null);
}
