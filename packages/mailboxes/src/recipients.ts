import type { Tag } from "./address-rule.ts";
import { readAddressTags } from "./address-tags.ts";
import type { MailboxRules } from "./mailbox-rules.ts";
import { createRecipientIndex, equallySpecific } from "./recipient-index.ts";
import { recipientParts } from "./recipient-parts.ts";

/** What a recipient's address reaches (IN1). */
export type Recipient<Tenant> =
  | {
      readonly kind: "mailbox";
      readonly tenant: Tenant;
      readonly mailbox: string;
      /** The rule that counted, as it is compared: `campaign-*@inlet.example`. */
      readonly rule: string;
      readonly tags: readonly Tag[];
    }
  /** No mailbox has it. `tenant`: the one whose domain it is; null where no tenant has the domain, or several have. */
  | { readonly kind: "unknown"; readonly tenant: Tenant | null; readonly tags: readonly Tag[] }
  /** Tenants claim it by rules of which none is more specific: it is given to none, since a guess could show mail to the wrong one. */
  | { readonly kind: "ambiguous"; readonly tenants: readonly Tenant[] };

export interface Recipients<Tenant> {
  /** Pure; costs the same for one tenant and for ten thousand. */
  find(address: string): Recipient<Tenant>;
  /** Every rule on an address, the one that counts first; for explanations. */
  rulesOn(address: string): readonly { readonly tenant: Tenant; readonly mailbox: string; readonly rule: string }[];
}

/** The mailboxes of tenants, ready to be asked. Made once for a set of tenant files, not per request. */
export function createRecipients<Tenant extends { readonly mailboxes: readonly MailboxRules[] }>(
  tenants: readonly Tenant[],
): Recipients<Tenant> {
  const index = createRecipientIndex(tenants.map((tenant) => ({ owner: tenant, mailboxes: tenant.mailboxes })));
  return {
    find(address) {
      const parts = recipientParts(address);
      if (parts === null) return { kind: "unknown", tenant: null, tags: [] };
      const [best, ...others] = index.claims(parts);
      if (best === undefined) {
        const owners = index.findOwners(parts.domain);
        return {
          kind: "unknown",
          tenant: owners.length === 1 ? (owners[0] as Tenant) : null,
          tags: readAddressTags(parts),
        };
      }
      const rivals = others.filter(({ owner, rule }) => owner !== best.owner && equallySpecific(rule, best.rule));
      if (rivals.length > 0) {
        return { kind: "ambiguous", tenants: [...new Set([best.owner, ...rivals.map(({ owner }) => owner)])] };
      }
      return {
        kind: "mailbox",
        tenant: best.owner,
        mailbox: best.mailbox.name,
        rule: best.rule.text,
        tags: readAddressTags(parts, best),
      };
    },
    rulesOn(address) {
      const parts = recipientParts(address);
      const claims = parts === null ? [] : index.claims(parts);
      return claims.map(({ owner, mailbox, rule }) => ({ tenant: owner, mailbox: mailbox.name, rule: rule.text }));
    },
  };
}

const made = new WeakMap<readonly object[], Recipients<never>>();

/** {@link createRecipients} of all tenants, remembered for as long as the list is the same one: until a file changes. */
export function buildRecipients<Tenant extends { readonly mailboxes: readonly MailboxRules[] }>(
  tenants: readonly Tenant[],
): Recipients<Tenant> {
  return remembered(tenants, () => createRecipients(tenants));
}

/** {@link createRecipients} of one tenant's mailboxes, remembered in the same way. */
export function recipientsIn(
  mailboxes: readonly MailboxRules[],
): Recipients<{ readonly mailboxes: readonly MailboxRules[] }> {
  return remembered(mailboxes, () => createRecipients([{ mailboxes }]));
}

function remembered<Tenant>(list: readonly object[], make: () => Recipients<Tenant>): Recipients<Tenant> {
  const known = made.get(list) as Recipients<Tenant> | undefined;
  if (known !== undefined) return known;
  const recipients = make();
  made.set(list, recipients as Recipients<never>);
  return recipients;
}
