import { conversationIdOf, emailKeyOf } from "@inlet/schemas";
import type { EmailContent } from "./port.ts";

/** The ids that need the tenant (PROTOCOL.md 1): the same email of the same tenant always has the same ones. */
export function identify(tenantId: string, content: EmailContent): { emailKey: string; conversationId: string } {
  const emailKey = emailKeyOf(tenantId, {
    messageId: content.messageId,
    from: content.from?.email ?? null,
    dateAsSent: content.dateAsSent,
    contentHash: content.contentHash,
  });
  return { emailKey, conversationId: conversationIdOf(tenantId, content.conversationRoot) };
}
