import type { Tag } from "./address-rule.ts";

/** A tenant's mailbox, as far as it decides what an address reaches. */
export interface MailboxRules {
  readonly name: string;
  /** Texts of {@link readAddressRule}; others are passed over (the tenant file's reader refuses them). */
  readonly addresses: readonly string[];
  /** Tags that every email of the mailbox gets. */
  readonly tags?: readonly Tag[];
}
