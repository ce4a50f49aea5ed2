import type { Mailbox, NormalizedEvent } from "@inlet/schemas";

/** Behind these From is the tenant's own, or who writes: what DMARC says of it is worth as much for the contact. */
const TRUSTED_VIA: ReadonlySet<string> = new Set(["from", "group", "colleague"]);

/** Who the contact of an email is: the person behind From, as the parser chose; From in records that name none. */
export function getContact(email: Pick<NormalizedEvent, "contact" | "from">): Mailbox | null {
  return email.contact ?? email.from;
}

/**
 * From is anybody's word. Where its domain says by DMARC that the email is not its own, nothing is concluded from it; nor from a contact whom
 * only a stranger's list, form or forwarder names (docs/decisions/0032).
 */
export function isTrustedSender(email: Pick<NormalizedEvent, "auth" | "contact">): boolean {
  return email.auth.dmarc !== "fail" && TRUSTED_VIA.has(email.contact?.via ?? "from");
}
