import { readAddressRule } from "./address-rule.ts";
import type { AddressRule } from "./address-rule.ts";
import type { MailboxRules } from "./mailbox-rules.ts";
import type { RecipientParts } from "./recipient-parts.ts";

/** A rule and whose it is. */
export interface Claim<Owner> {
  readonly owner: Owner;
  readonly mailbox: MailboxRules;
  readonly rule: AddressRule;
}

interface DomainRules<Owner> {
  /** Patterns by what stands before their first wildcard: a lookup tries the address's own prefixes, however many patterns there are. */
  readonly patterns: Map<string, Claim<Owner>[]>;
  longestPrefix: number;
  readonly whole: Claim<Owner>[];
  readonly owners: Set<Owner>;
}

/** The address rules of any number of owners. A lookup costs a few hash lookups, whether there is one owner or ten thousand. */
export interface RecipientIndex<Owner> {
  /** Every claim on an address, the one that counts first: exact with its tag, exact without, the most specific pattern, the domain. */
  claims(parts: RecipientParts): Claim<Owner>[];
  /** Those with any rule in the domain. */
  findOwners(domain: string): readonly Owner[];
}

export function createRecipientIndex<Owner>(
  entries: Iterable<{ readonly owner: Owner; readonly mailboxes: readonly MailboxRules[] }>,
): RecipientIndex<Owner> {
  const exact = new Map<string, Claim<Owner>[]>();
  const domains = new Map<string, DomainRules<Owner>>();
  for (const { owner, mailboxes } of entries) {
    for (const mailbox of mailboxes) {
      for (const address of mailbox.addresses) {
        const reading = readAddressRule(address);
        if (reading.ok) add({ owner, mailbox, rule: reading.rule });
      }
    }
  }

  function add(claim: Claim<Owner>): void {
    const { rule, owner } = claim;
    let domain = domains.get(rule.domain);
    if (domain === undefined) {
      domain = { patterns: new Map(), longestPrefix: 0, whole: [], owners: new Set() };
      domains.set(rule.domain, domain);
    }
    domain.owners.add(owner);
    if (rule.kind === "exact") push(exact, rule.text, claim);
    else if (rule.kind === "domain") domain.whole.push(claim);
    else {
      push(domain.patterns, rule.prefix, claim);
      domain.longestPrefix = Math.max(domain.longestPrefix, rule.prefix.length);
    }
  }

  function patternsFor(domain: DomainRules<Owner>, parts: RecipientParts): Claim<Owner>[] {
    const found: Claim<Owner>[] = [];
    const longest = Math.min(domain.longestPrefix, parts.base.length);
    for (let length = 0; length <= longest; length += 1) {
      for (const claim of domain.patterns.get(parts.base.slice(0, length)) ?? []) {
        if (claim.rule.match(parts) !== null) found.push(claim);
      }
    }
    return found.toSorted((left, right) => bySpecificity(left.rule, right.rule));
  }

  return {
    claims(parts) {
      const domain = domains.get(parts.domain);
      if (domain === undefined) return [];
      return [
        ...(exact.get(`${parts.local}@${parts.domain}`) ?? []),
        ...(parts.base === parts.local ? [] : (exact.get(`${parts.base}@${parts.domain}`) ?? [])),
        ...patternsFor(domain, parts),
        ...domain.whole,
      ];
    },
    findOwners: (domain) => [...(domains.get(domain)?.owners ?? [])],
  };
}

/** Whether neither of two claims on one address is more specific than the other. */
export function equallySpecific(left: AddressRule, right: AddressRule): boolean {
  return left.kind === "pattern" && right.kind === "pattern"
    ? left.literals === right.literals && left.wildcards === right.wildcards
    : left.text === right.text;
}

/** More literal characters first, then fewer wildcards, then by text, so that the order never depends on the order in a file. */
function bySpecificity(left: AddressRule, right: AddressRule): number {
  return (
    right.literals - left.literals ||
    left.wildcards - right.wildcards ||
    (left.text < right.text ? -1 : left.text > right.text ? 1 : 0)
  );
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
