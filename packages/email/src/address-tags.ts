import type { AddressTag, Envelope, Mailbox } from "@inlet/schemas";
import { parseAddresses } from "./addresses.ts";

/** The part of a tenant's mailbox that decides: exact addresses, lower-case and without tags, or `*@domain`. */
export interface MailboxAddresses {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** What the addresses of an email say of us: which mailbox it reached and the tags of subaddresses (IN2). */
export function readOurAddresses(
  email: {
    envelope: Envelope | null;
    to: readonly Mailbox[];
    cc: readonly Mailbox[];
    headers: readonly { name: string; value: string }[];
  },
  mailboxes: readonly MailboxAddresses[],
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
  let mailbox: string | null = null;
  const tags = new Map<string, AddressTag>();
  for (const address of unique(addresses)) {
    const parts = splitAddress(address);
    if (parts === null) continue;
    const exact = exactOwner(`${parts.local}@${parts.domain}`, mailboxes);
    if (exact !== null) {
      mailbox ??= exact;
      continue;
    }
    const owner = exactOwner(`${parts.base}@${parts.domain}`, mailboxes) ?? domainOwner(parts.domain, mailboxes);
    // A stranger's own subaddress in To or Cc (bob+news@) is no tag of ours; what we were handed as recipient is ours.
    if (owner === null && !accepted.has(address.toLowerCase()) && mailboxes.length > 0) continue;
    mailbox ??= owner;
    const tag = tagOf(parts);
    if (tag !== null && !tags.has(`${tag.kind}+${tag.value}`))
      tags.set(`${tag.kind}+${tag.value}`, { ...tag, address });
  }
  return { mailbox, addressTags: [...tags.values()] };
}

interface AddressParts {
  /** Lower-case, tag included. */
  readonly local: string;
  /** Lower-case, before the first `+`. */
  readonly base: string;
  /** As sent, after the first `+`; record ids may tell cases apart. */
  readonly tag: string;
  readonly domain: string;
}

function splitAddress(address: string): AddressParts | null {
  const at = address.lastIndexOf("@");
  if (at < 1) return null;
  const local = address.slice(0, at).replace(/^"|"$/g, "");
  const plus = local.indexOf("+");
  return {
    local: local.toLowerCase(),
    base: (plus < 1 ? local : local.slice(0, plus)).toLowerCase(),
    tag: plus < 1 ? "" : local.slice(plus + 1),
    domain: address.slice(at + 1).toLowerCase(),
  };
}

/** `deal+12345` → deal, 12345; `campaign-2026-q2`, where it is no mailbox of its own, → campaign, 2026-q2. */
function tagOf({ base, tag }: AddressParts): { kind: string; value: string } | null {
  if (tag !== "") return { kind: base, value: tag };
  const campaign = /^campaign-(.+)$/.exec(base)?.[1];
  return campaign === undefined ? null : { kind: "campaign", value: campaign };
}

function exactOwner(address: string, mailboxes: readonly MailboxAddresses[]): string | null {
  return mailboxes.find((mailbox) => mailbox.addresses.includes(address))?.name ?? null;
}

function domainOwner(domain: string, mailboxes: readonly MailboxAddresses[]): string | null {
  return mailboxes.find((mailbox) => mailbox.addresses.includes(`*@${domain}`))?.name ?? null;
}

function unique(addresses: readonly string[]): string[] {
  return [...new Map(addresses.map((address) => [address.toLowerCase(), address])).values()];
}
