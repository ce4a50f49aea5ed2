/** The unique key of each effect within (tenant, crm): what makes a second write of the same thing impossible (PROTOCOL.md 4). */

/** An address as the contact's key: trimmed, lower-case; null when it is no address. Local parts are compared without case, as CRMs do. */
export function normalizeAddress(address: string): string | null {
  const trimmed = address.trim().toLowerCase();
  const at = trimmed.lastIndexOf("@");
  return at > 0 && at < trimmed.length - 1 && !/[\s<>,;"]/.test(trimmed) ? trimmed : null;
}

export const effectKey = {
  contact: (address: string): string => address,
  company: (domain: string): string => domain,
  deal: (canonicalConversationId: string): string => canonicalConversationId,
  activity: (emailKey: string): string => emailKey,
  file: (emailKey: string, sha256: string): string => `${emailKey}/${sha256}`,
  rule: (emailKey: string, ruleId: string): string => `${emailKey}/${ruleId}`,
} as const;
