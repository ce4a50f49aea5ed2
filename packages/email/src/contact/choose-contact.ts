import { isOwnDomain } from "@inlet/domain";
import { recipientsIn } from "@inlet/mailboxes";
import type { MailboxRules } from "@inlet/mailboxes";
import type { Contact, ContactReason, NormalizedEvent } from "@inlet/schemas";
import type { EmailContent } from "../port.ts";
import { behindFrom, formSender, namesSomebodyElse } from "./behind-from.ts";
import type { Envelope, Found } from "./behind-from.ts";
import { DEFAULT_CONTACT_RULES } from "./contact-rules.ts";
import type { ContactRules } from "./contact-rules.ts";
import { readFormLines } from "./form-lines.ts";
import type { ForwardedEmail } from "./read-forward.ts";
import { isRobotAddress } from "./robot-address.ts";

export interface ContactContext {
  readonly mailboxes: readonly MailboxRules[];
  readonly rules?: ContactRules;
  /** Name of the mailbox that the email reached. */
  readonly mailbox: string | null;
  /** The class after the tenant's own groups were told apart. */
  readonly kind: string;
}

export interface ChosenContact {
  readonly contact: Contact | null;
  /** The words and signature that count, where they are not the email's own: a forwarded customer's. */
  readonly reply: (Pick<NormalizedEvent, "signature"> & { readonly replyText: string | null }) | null;
}

/**
 * Who the contact is (docs/decisions/0032): From, or the person behind a list's, group's, form's, forwarder's or colleague's From. Told by
 * rules that each need several signs; the tenant says of each kind whether it wants the person. What DMARC says against From counts against
 * whatever its header says. Pure.
 */
export function chooseContact(content: EmailContent, context: ContactContext): ChosenContact {
  const { from } = content;
  if (from === null) return { contact: null, reply: null };
  const rules = context.rules ?? DEFAULT_CONTACT_RULES;
  const mail: Envelope = { ...content, from, kind: context.kind, ...ownership(context.mailboxes) };
  const inBody = context.mailbox !== null && rules.formInBody.includes(context.mailbox);
  const behind = behindFrom(mail) ?? (inBody ? inFormLines(mail, content.text) : null);
  const forward = behind === null ? forwardedBy(mail, content) : null;
  const found = behind ?? forward?.found ?? null;
  const kept = (reason: ContactReason): ChosenContact => ({
    contact: { ...from, via: "from", reasons: ["from", reason] },
    reply: null,
  });
  if (found === null) {
    if (namesSomebodyElse(mail)) return kept("not_trusted");
    return { contact: { ...from, via: "from", reasons: ["from"] }, reply: null };
  }
  if (content.auth.dmarc === "fail") return kept("from_fails_dmarc");
  if (rules.contactFrom[found.via] === "from") return kept("policy_from");
  return {
    contact: { ...found.mailbox, via: found.via, reasons: [...found.reasons] },
    reply: forward?.email.reply ?? null,
  };
}

/** The tenant's own: addresses of its mailboxes, and domains of theirs that are no mail provider's. */
function ownership(mailboxes: readonly MailboxRules[]): Pick<Envelope, "isOwn" | "isOwnMailbox"> {
  const recipients = recipientsIn(mailboxes);
  const addresses = mailboxes.flatMap((mailbox) => mailbox.addresses);
  const isOwnMailbox = (email: string): boolean => {
    const reached = recipients.find(email);
    return reached?.kind === "mailbox" && !reached.rule.startsWith("*@");
  };
  return { isOwnMailbox, isOwn: (email) => isOwnMailbox(email) || isOwnDomain(email, addresses) };
}

/** The form's lines, where the mailbox's setting trusts them and From is a form's. */
function inFormLines(mail: Envelope, text: string | null): Found | null {
  const sender = formSender(mail);
  const named = sender === null || text === null ? null : readFormLines(text);
  if (sender === null || named === null || mail.isOwn(named.email) || isRobotAddress(named.email)) return null;
  return { via: "form", mailbox: named, reasons: [sender, "form_lines"] };
}

/**
 * The customer whose email a colleague forwards: the first of the chain who is none of the tenant's own. A colleague who answers that
 * customer, with a copy to us, forwards nothing.
 */
function forwardedBy(mail: Envelope, content: EmailContent): { found: Found; email: ForwardedEmail } | null {
  if (mail.kind !== "human" || !mail.isOwn(mail.from.email)) return null;
  const email = content.forwarded.find(({ from }) => !mail.isOwn(from.email));
  if (email === undefined || isRobotAddress(email.from.email)) return null;
  const address = email.from.email.toLowerCase();
  if ([...content.to, ...content.cc].some((recipient) => recipient.email.toLowerCase() === address)) return null;
  return { found: { via: "colleague", mailbox: email.from, reasons: ["from_is_own", email.how] }, email };
}
