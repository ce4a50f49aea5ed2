import { recipientsIn } from "@inlet/mailboxes";
import type { MailboxRules } from "@inlet/mailboxes";
import type { AddressTag, Envelope, Mailbox } from "@inlet/schemas";
import { parseAddresses } from "./addresses.ts";
import { TRUNCATION_LIMITS } from "../limits.ts";

/** What the addresses of an email say of us: which mailbox it reached and the tags of its addresses (IN1, IN2). */
export function readOurAddresses(
  email: {
    envelope: Envelope | null;
    to: readonly Mailbox[];
    cc: readonly Mailbox[];
    headers: readonly { name: string; value: string }[];
  },
  mailboxes: readonly MailboxRules[],
): { mailbox: string | null; addressTags: AddressTag[] } {
  const accepted = new Set((email.envelope?.to ?? []).map((address) => address.toLowerCase()));
  const delivered = email.headers
    .filter(({ name }) => /^(delivered-to|x-original-to)$/i.test(name))
    .map(({ value }) => value);
  const addresses = [
    ...(email.envelope?.to ?? []),
    ...parseAddresses(delivered).map((mailbox) => mailbox.email),
    ...[...email.to, ...email.cc].map((mailbox) => mailbox.email),
  ];
  const ours = recipientsIn(mailboxes);
  let mailbox: string | null = null;
  const tags = new Map<string, AddressTag>();
  for (const address of unique(addresses)) {
    const found = ours.find(address);
    if (found.kind === "ambiguous") continue;
    if (found.kind === "mailbox") mailbox ??= found.mailbox;
    // A stranger's own subaddress in To or Cc (bob+news@) is no tag of ours; what we were handed as recipient is ours.
    else if (!accepted.has(address.toLowerCase()) && mailboxes.length > 0) continue;
    for (const tag of found.tags) {
      const key = `${tag.kind}+${tag.value}`;
      if (!tags.has(key) && tags.size < TRUNCATION_LIMITS.addressTags) tags.set(key, { ...tag, address });
    }
  }
  return { mailbox, addressTags: [...tags.values()] };
}

function unique(addresses: readonly string[]): string[] {
  return [...new Map(addresses.map((address) => [address.toLowerCase(), address])).values()];
}
