import type { Outcome } from "@inlet/delivery";
import { ok } from "@inlet/delivery";
import { conversationIdOf } from "@inlet/schemas";
import type { EmailTry } from "./email-try.ts";

// A thread longer than this is joined by its root and its newest messages.
const MAX_RELATED = 50;

/** Finds the canonical conversation, joining those that this email's headers show to be one. */
export async function joinConversation(email: EmailTry): Promise<Outcome<string>> {
  const { event, deps } = email;
  const named = [...event.references, ...(event.inReplyTo === null ? [] : [event.inReplyTo])].filter(
    (id) => id !== event.messageId,
  );
  const related = [
    ...new Set(named.length <= MAX_RELATED ? named : [...named.slice(0, 1), ...named.slice(1 - MAX_RELATED)]),
  ];
  const roots = [...related, ...(event.messageId === null ? [] : [event.messageId])].map((id) =>
    conversationIdOf(event.tenantId, id),
  );
  const canonical = await deps.ledger.canonicalConversation({
    tenant: event.tenantId,
    conversationId: event.conversationId,
    messageId: event.messageId,
    related,
    roots,
  });
  if (canonical === null) return { kind: "retry", code: "conversation_being_joined", attempt: false, delayMs: 500 };
  email.conversationId = canonical;
  return ok(canonical);
}

/** While an earlier email of the conversation waits, this one waits behind it: a CRM shows a conversation in its order. */
export async function queueBehindConversation(email: EmailTry): Promise<Outcome<null>> {
  // Waiting mail is released head first by the ledger itself.
  if (email.arrival.from === "waiting") return ok(null);
  const waits = await email.deps.ledger.conversationWaits({
    tenant: email.event.tenantId,
    conversationId: email.conversationId,
    eventId: email.event.eventId,
  });
  return waits ? { kind: "park", code: "behind_conversation", delayMs: 0 } : ok(null);
}
