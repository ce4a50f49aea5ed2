import { isCompanyDomain } from "company-email-validator";
import { getDomain } from "tldts";

/** What is known when the company of an email's sender is looked for. */
export interface CompanyCandidates {
  /** Normalized address of the sender. */
  readonly sender: string;
  /** `human`, or a class of automated mail. */
  readonly kind: string;
  readonly spamVerdict: string | null;
  /** The tenant's own addresses, as its mailboxes write them: exact, patterns, or `*@domain`. */
  readonly ownAddresses: readonly string[];
}

export type CompanyDomain =
  | { readonly kind: "domain"; readonly domain: string }
  /** No company follows from the address; `detail` says why, for the evidence. */
  | { readonly kind: "none"; readonly detail: string };

/**
 * The domain that stands for the sender's company (WR2): the registrable one by the Public Suffix List, private part included, so that two
 * tenants of github.io are not one company. ASCII, lower-case. None for free and disposable mail providers, the tenant's own domains, spam,
 * and automated mail, whose sender is a service and seldom the company that is dealt with.
 */
export function companyDomain({ sender, kind, spamVerdict, ownAddresses }: CompanyCandidates): CompanyDomain {
  if (kind !== "human") return none(`mail of class ${kind} speaks for no company`);
  if (spamVerdict === "spam") return none("spam speaks for no company");
  const host = getHost(sender);
  const domain = registrable(host);
  if (domain === null) return none("the address has no domain that can be registered");
  // A provider may give out addresses below its own domain.
  if (![host, domain].every(isCompanyDomain)) return none(`${domain} is a mail provider's`);
  if (isOwnDomain(sender, ownAddresses)) return none(`${domain} is the tenant's own`);
  return { kind: "domain", domain };
}

/** Whether an address is of a domain that the tenant's own addresses have; a mail provider's domain is no one's own. */
export function isOwnDomain(address: string, ownAddresses: readonly string[]): boolean {
  const domain = registrable(getHost(address));
  return domain !== null && isCompanyDomain(domain) && ownAddresses.some((own) => registrable(getHost(own)) === domain);
}

/** As the URL standard writes a host: ASCII, lower-case; empty where there is none. */
function getHost(address: string): string {
  return URL.parse(`http://${address.slice(address.lastIndexOf("@") + 1)}`)?.hostname ?? "";
}

function registrable(host: string): string | null {
  return getDomain(host, { allowPrivateDomains: true });
}

function none(detail: string): CompanyDomain {
  return { kind: "none", detail };
}
