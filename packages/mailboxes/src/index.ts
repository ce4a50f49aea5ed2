export type { AddressRule, RuleReading, Tag } from "./address-rule.ts";
export { readAddressRule } from "./address-rule.ts";
export type { MailboxRules } from "./mailbox-rules.ts";
export { recipientParts } from "./recipient-parts.ts";
export type { RecipientParts } from "./recipient-parts.ts";
export { senderRules } from "./sender-rules.ts";
export { createRecipients, recipientsIn, buildRecipients } from "./recipients.ts";
export type { Recipient, Recipients } from "./recipients.ts";
