import { cutText } from "@inlet/schemas";
import type { ActivityInput } from "../port.ts";
import { ODOO_LIMITS } from "./limits.ts";
import { messageBody, VIEW_NOTE } from "./message-body.ts";

/** A `mail.message` for an activity, by Odoo's import names; shown as an email from the contact. */
export function messageFields(input: ActivityInput): Record<string, string> {
  return {
    model: input.dealId === null ? "res.partner" : "crm.lead",
    res_id: input.dealId ?? input.contactId,
    message_type: "email",
    // What people see in the chatter; notes are for the tenant's own people only.
    "subtype_id/id": "mail.mt_comment",
    subject: cutText(input.subject, ODOO_LIMITS.subject),
    body: messageBody({ text: input.text, html: input.html ?? "" }, buildNotes(input)),
    "author_id/.id": input.contactId,
    date: new Date(input.at).toISOString().slice(0, 19).replace("T", " "),
    ...optional("email_from", address(input.from)),
    ...optional("incoming_email_to", addresses(input.to)),
    ...optional("incoming_email_cc", addresses(input.cc)),
    // By it Odoo's own mail gateway joins replies, and refuses to take the same email once more.
    ...optional("message_id", input.messageId === null ? "" : `<${cutText(input.messageId, ODOO_LIMITS.messageId)}>`),
    ...optional("partner_ids/.id", input.companyId ?? ""),
    ...optional("attachment_ids/.id", input.fileIds.join(",")),
  };
}

function buildNotes({ attachmentCount, spamVerdict, inReplyTo, viewUrl = null }: ActivityInput): string[] {
  return [
    ...(attachmentCount === 0 ? [] : [attachmentCount === 1 ? "1 attachment" : `${attachmentCount} attachments`]),
    ...(spamVerdict === null ? [] : [`spam check: ${spamVerdict}`]),
    ...(inReplyTo === null ? [] : [`in reply to ${inReplyTo}`]),
    ...(viewUrl === null ? [] : [`${VIEW_NOTE}${viewUrl}`]),
  ];
}

function addresses(people: ActivityInput["to"]): string {
  const written = people.map(address).filter((text) => text !== "");
  let length = 0;
  // Whole people, the first ones.
  return written.filter((text) => (length += text.length + 2) <= ODOO_LIMITS.addresses).join(", ");
}

/** RFC 5322 name-addr; a quoted name may hold anything but quotes and backslashes. */
function address({ name, email }: ActivityInput["from"]): string {
  if (email === "" || name === null || name.trim() === "") return email;
  return `"${cutText(name.replaceAll(/["\\]/g, "").trim(), ODOO_LIMITS.name)}" <${email}>`;
}

function optional(name: string, value: string): Record<string, string> {
  return value === "" ? {} : { [name]: value };
}
