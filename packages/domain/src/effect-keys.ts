import { domainToASCII, domainToUnicode } from "node:url";

/** The unique key of each effect within (tenant, crm): what makes a second write of the same thing impossible (docs/concepts/protocol.md, section 4). */

/**
 * An address as the contact's key: trimmed, lower-case, in NFC, its domain as A-labels (RFC 5890); null when it is no address. One mailbox has
 * one key, however its domain and its accents are written. Local parts are compared without case, as CRMs do.
 */
export function normalizeAddress(address: string): string | null {
  const composed = formerAddress(address).normalize("NFC");
  const at = composed.lastIndexOf("@");
  if (at <= 0 || at >= composed.length - 1 || /[\s<>,;"]/.test(composed)) return null;
  const domain = composed.slice(at + 1);
  // What is ASCII already is left as it is: a number is no IP address here, and an underscore no fault.
  if (!/[^\u0000-\u007f]/.test(domain)) return composed;
  const ascii = domainToASCII(domain);
  return ascii === "" ? composed : `${composed.slice(0, at + 1)}${ascii}`;
}

/** The domain of an address as its contact's key has it; null when it is no address. */
export function getDomain(address: string): string | null {
  const key = normalizeAddress(address);
  return key === null ? null : key.slice(key.lastIndexOf("@") + 1);
}

/** Keys under which the ledger may know the contact of an address from before it was written in one way; none for most. */
export function formerKeys(address: string): string[] {
  const key = normalizeAddress(address);
  if (key === null || (key === formerAddress(address) && !key.includes("xn--"))) return [];
  const at = key.lastIndexOf("@") + 1;
  const shown = key.slice(0, at) + domainToUnicode(key.slice(at));
  return [...new Set([formerAddress(address), shown, shown.normalize("NFD")])].filter((each) => each !== key);
}

function formerAddress(address: string): string {
  return address.trim().toLowerCase();
}

export const effectKey = {
  contact: (address: string): string => address,
  company: (domain: string): string => domain,
  deal: (canonicalConversationId: string): string => canonicalConversationId,
  activity: (emailKey: string): string => emailKey,
  file: (emailKey: string, sha256: string): string => `${emailKey}/${sha256}`,
  rule: (emailKey: string, ruleId: string): string => `${emailKey}/${ruleId}`,
} as const;
