import { domainToASCII, domainToUnicode } from "node:url";
import type { Mailbox } from "@inlet/schemas";
import { parseAddresses, withPlainLocalParts } from "./addresses.ts";
import { isDoubtful } from "./doubtful-author.ts";

/**
 * Who wrote the message: the mailboxes of its From fields, in order; none where a field may be read in two ways. Recipients are read as
 * kindly as can be, but SPF, DKIM and DMARC speak for the domain that the receiving mail server read: a sender who can make Inlet read
 * another one has his own results shown beside a stranger's address.
 */
export function readAuthors(values: readonly string[]): Mailbox[] {
  if (values.some((value) => isDoubtful(withPlainLocalParts(value)))) return [];
  const authors = parseAddresses(values);
  return authors.every(({ email }) => DOMAIN.test(email) && isWrittenPlainly(email)) ? authors : [];
}

/** Whether a domain stands for itself: wide letters, ligatures and marks that UTS 46 maps away name one domain to us, another to who does not map. */
function isWrittenPlainly(email: string): boolean {
  const domain = email.slice(email.lastIndexOf("@") + 1).replace(/\.$/, "");
  if (/^[\x21-\x7e]*$/.test(domain)) return true;
  return domainToUnicode(domainToASCII(domain)) === domain.normalize("NFC").toLowerCase();
}

/** What a domain is made of (RFC 5891 2.3.1, with underscores as some hosts have them), or a literal (RFC 5322 3.4.1). */
const DOMAIN = /@(?:[\p{L}\p{M}\p{N}._-]+|\[[0-9A-Za-z.:]+\])$/u;

/** The domain of an address as it is compared: an A-label, lower-case, without the root's dot. */
export function comparableDomain(address: string): string {
  const domain = address.slice(address.lastIndexOf("@") + 1).replace(/\.$/, "");
  const url = `http://${domain}/`;
  return (URL.canParse(url) ? new URL(url).hostname : domain).toLowerCase();
}
