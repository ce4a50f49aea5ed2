import { domainToASCII } from "node:url";

/** Longest address that is looked at: 64 octets of local part, @ and 255 of domain (RFC 5321 4.5.3.1). */
const LONGEST_ADDRESS = 320;
/** Most details of one address; what follows is no tag. */
const MOST_DETAILS = 10;
const ASCII = /^[\x20-\x7e]*$/;
/** Longest detail, characters. */
const LONGEST_DETAIL = 128;

/** An address taken apart for comparison. Local parts are compared without case, as every provider in use does. */
export interface RecipientParts {
  /** Lower-case, with its details. */
  readonly local: string;
  /** Lower-case, what stands before the first `+`. */
  readonly base: string;
  /** The same, in the case it was sent in: record ids may tell cases apart. */
  readonly sentBase: string;
  /** What stands behind each `+` (RFC 5233), as sent. Empty ones are left out. */
  readonly details: readonly string[];
  /** Lower-case, in ASCII form (RFC 5890). */
  readonly domain: string;
}

/** Takes a recipient's address apart (RFC 5321; UTF-8 local parts of RFC 6531; quoted ones unquoted). Null when it is no `local@domain`. */
export function recipientParts(address: string): RecipientParts | null {
  if (address.length > LONGEST_ADDRESS) return null;
  const at = address.lastIndexOf("@");
  if (at < 1 || at === address.length - 1) return null;
  const local = unquoted(address.slice(0, at)).normalize("NFC");
  const plus = local.indexOf("+");
  // A local part that begins with + has nothing that could be tagged: RFC 5233 wants a user before the detail.
  const tagged = plus > 0;
  const sentBase = tagged ? local.slice(0, plus) : local;
  return {
    local: local.toLowerCase(),
    base: sentBase.toLowerCase(),
    sentBase,
    details: tagged
      ? local
          .slice(plus + 1)
          .split("+", MOST_DETAILS)
          .filter((detail) => detail !== "" && detail.length <= LONGEST_DETAIL)
      : [],
    domain: getDomain(address.slice(at + 1)),
  };
}

/** A domain as it is compared: lower-case, IDNA in ASCII form, without the root's dot. */
export function getDomain(domain: string): string {
  const lower = domain.toLowerCase();
  const bare = lower.endsWith(".") ? lower.slice(0, -1) : lower;
  // Costs more than the rest of a lookup, and changes nothing of what is ASCII already.
  return ASCII.test(bare) ? bare : domainToASCII(bare) || bare;
}

function unquoted(local: string): string {
  return local.length > 2 && local.startsWith('"') && local.endsWith('"')
    ? local.slice(1, -1).replaceAll(/\\(.)/g, "$1")
    : local;
}
