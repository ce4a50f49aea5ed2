import { buildConversationId, buildEmailKey, buildFormerEmailKey, type EmailNames } from "@inlet/schemas";
import type { EmailContent } from "./port.ts";

/** The ids that need the tenant (docs/concepts/protocol.md, section 1): the same email of the same tenant always has the same ones. */
export function identify(tenantId: string, content: EmailContent): { emailKey: string; conversationId: string } {
  return {
    emailKey: buildEmailKey(tenantId, getNames(content)),
    conversationId: buildConversationId(tenantId, content.conversationRoot),
  };
}

/** The emailKey by which the ledger knows the email if an older release parsed it. */
export function formerEmailKey(tenantId: string, content: EmailContent): string | null {
  return buildFormerEmailKey(tenantId, getNames(content));
}

function getNames({ messageId, from, dateAsSent, subject, contentHash }: EmailContent): EmailNames {
  return { messageId, from: from?.email ?? null, dateAsSent, subject, contentHash };
}
