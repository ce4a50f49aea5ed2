import { getWriters, hashAddress, hashWords, type SearchTerm } from "@inlet/domain";
import { recipientsIn, type MailboxRules } from "@inlet/mailboxes";
import type { NormalizedEvent } from "@inlet/schemas";

/** A mail to a whole company names hundreds; who wrote comes first. */
const MOST_ADDRESSES = 20;

/**
 * What an email is found by: keyed hashes of who wrote it and whom else it names, and of the words of its subject. Not of the tenant's own
 * mailboxes, which all of its mail has.
 */
export function listSearchTerms(
  key: string,
  email: Pick<NormalizedEvent, "tenantId" | "from" | "contact" | "replyTo" | "to" | "cc" | "subject">,
  mailboxes: readonly MailboxRules[],
): SearchTerm[] {
  const own = recipientsIn(mailboxes);
  const addresses = [...new Set([...getWriters(email), ...[...email.to, ...email.cc].map((each) => each.email)])]
    .slice(0, 10 * MOST_ADDRESSES)
    .filter((address) => own.find(address).kind !== "mailbox")
    .flatMap((address) => hashAddress(key, email.tenantId, address) ?? []);
  return [
    ...[...new Set(addresses)].slice(0, MOST_ADDRESSES).map((hash) => ({ kind: "address" as const, hash })),
    ...hashWords(key, email.tenantId, email.subject ?? "").map((hash) => ({ kind: "subject" as const, hash })),
  ];
}
