/** What may stand between a person and the From of the email. */
export const CONTACT_VIA = {
  from: "no one: who is in From writes",
  list: "a mailing list that puts itself into From",
  group: "a group that is a shared mailbox of the tenant's own",
  form: "a form on a website",
  forwarder: "a service that forwards email and puts itself into From",
  colleague: "somebody of the tenant's own, who forwards the email of a customer",
} as const;
export type ContactVia = keyof typeof CONTACT_VIA;

/** The closed list of codes that say by what a contact was told. Docs and tests read it; add, never rename. */
export const CONTACT_REASONS = {
  from: "From is who writes; nothing says otherwise",
  from_is_list: "From is the address of the list that the email went through",
  from_is_robot: "From is an address that programs write from",
  from_is_own: "From is of the tenant's own",
  from_names_address: "From's name is the person's address",
  from_local_part: "From's local part holds the person's address (nora=lind.example@lists.example)",
  x_original_from: "X-Original-From names the person",
  x_original_sender: "X-Original-Sender names the person",
  forwarder_header: "a field of the forwarding service names the person",
  reply_to: "Reply-To names one person, who is neither the list nor of From's domain",
  arc_domain: "ARC-Authentication-Results name the person's domain as that of the first From",
  dkim_domain: "a DKIM-Signature is of the person's domain",
  form_lines: "lines of the form in the body name the person, and the mailbox's setting trusts them",
  forwarded_inline: "the text holds the forwarded email, with its header",
  forwarded_attached: "the forwarded email is attached",
  not_trusted: "fields name somebody else, but From is no list's, form's or forwarder's: they are not trusted",
  from_fails_dmarc: "somebody else is named, but From's own domain says that it did not send this",
  policy_from: "somebody else is named, but the tenant's contactFrom says From",
} as const;
export type ContactReason = keyof typeof CONTACT_REASONS;
