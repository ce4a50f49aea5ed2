import type { AddressRule, Tag } from "./address-rule.ts";
import type { MailboxRules } from "./mailbox-rules.ts";
import type { RecipientParts } from "./recipient-parts.ts";

/** Most tags of one address. */
const MOST_TAGS = 20;

/**
 * The tags of an address (IN2): those of its mailbox, what a pattern's `{kind}` stand for, and its details: `support+priority+emea` →
 * support: priority, support: emea. `campaign-2026-q2` → campaign: 2026-q2 needs no pattern, unless a rule has named the campaign already.
 */
export function readAddressTags(parts: RecipientParts, reached?: { mailbox: MailboxRules; rule: AddressRule }): Tag[] {
  const tags: Tag[] = [
    ...(reached?.mailbox.tags ?? []),
    ...(reached?.rule.match(parts) ?? []),
    ...parts.details.map((value) => ({ kind: parts.base, value })),
  ];
  const campaign = /^campaign-(.+)$/i.exec(parts.sentBase)?.[1];
  if (campaign !== undefined && !tags.some(({ kind }) => kind === "campaign")) {
    tags.push({ kind: "campaign", value: campaign });
  }
  return [...new Map(tags.map((tag) => [`${tag.kind}+${tag.value}`, tag])).values()].slice(0, MOST_TAGS);
}
