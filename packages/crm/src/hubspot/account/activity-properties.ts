import { cutText } from "@inlet/schemas";
import type { ActivityInput } from "../../port.ts";
import { HUBSPOT_LIMITS } from "../limits.ts";

const TEXT_LIMIT = HUBSPOT_LIMITS.text;
const CUT_MARK = "\n[… shortened]";
/** What leads to the whole email below its words; of no other form, so that a sender's own words are not taken for it. */
const HTML_LINK = /\n<p>Full email: <a href="[^"<>]*">[^<>]*<\/a><\/p>$/;
const TEXT_LINK = /\n\nFull email: https?:\/\/[^\s/]+\/e\/[a-z0-9-]+\/evt_\w+$/;

/** The email object's properties for an activity; all strings, as HubSpot wants them. */
export function activityProperties(input: ActivityInput, tenant: string): Record<string, string> {
  return {
    inlet_email_key: input.key,
    inlet_tenant: tenant,
    hs_timestamp: new Date(input.at).toISOString(),
    hs_email_direction: "INCOMING_EMAIL",
    hs_email_status: "SENT",
    hs_email_subject: fitSubject(input.subject),
    hs_email_text: fitText(input.text, input.viewUrl),
    inlet_attachment_count: String(input.attachmentCount),
    ...optional("hs_email_headers", emailHeaders(input)),
    ...optional("hs_email_html", fitHtml(input.html, input.viewUrl)),
    ...optional("inlet_message_id", fitId(input.messageId)),
    ...optional("inlet_in_reply_to", fitId(input.inReplyTo)),
    ...optional("inlet_spam_verdict", input.spamVerdict),
    ...optional("hs_attachment_ids", input.fileIds.length === 0 ? null : input.fileIds.join(";")),
  };
}

export function fitSubject(subject: string): string {
  return cutText(subject, HUBSPOT_LIMITS.subject);
}

/** The text as HubSpot takes it, cut with a marker where it is too long; below it where the whole email is read. */
export function fitText(text: string, viewUrl: string | null = null): string {
  const link = viewUrl === null ? "" : `\n\nFull email: ${viewUrl}`;
  const room = TEXT_LIMIT - link.length;
  return `${text.length <= room ? text.toWellFormed() : cutText(text, room - CUT_MARK.length) + CUT_MARK}${link}`;
}

/** Sanitized html, and below it where the whole email is read; null (HubSpot shows the text) where it is too long, for cut html is broken html. */
export function fitHtml(html: string | null, viewUrl: string | null = null): string | null {
  const link = viewUrl === null ? "" : `\n<p>Full email: <a href="${viewUrl}">open in Inlet</a></p>`;
  return html === null || html === "" || html.length + link.length > TEXT_LIMIT ? null : html.toWellFormed() + link;
}

/** The text as it was handed in. */
export function textWithoutLink(text: string): string {
  return text.replace(TEXT_LINK, "");
}

/** The html as it was handed in. */
export function htmlWithoutLink(html: string): string {
  return html.replace(HTML_LINK, "");
}

/**
 * `hs_email_headers`: JSON in a string, which fills the read-only `hs_email_from_*` and `hs_email_to_*`; any other shape is a 400
 * INVALID_JSON. Mail without a sender's address goes without.
 */
function emailHeaders(input: ActivityInput): string | null {
  if (input.from.email === "") return null;
  const addressed = (people: ActivityInput["to"]): object[] => people.filter(({ email }) => email !== "").map(party);
  const [from, to, cc] = [party(input.from), addressed(input.to), addressed(input.cc)];
  const written = (most: number): string =>
    JSON.stringify({ from, to: to.slice(0, most), cc: cc.slice(0, Math.max(0, most - to.length)), bcc: [] });
  // Whole people, the first ones: a thousand recipients do not fit.
  let [fits, tooMany] = [0, to.length + cc.length + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (written(middle).length <= HUBSPOT_LIMITS.headers) fits = middle;
    else tooMany = middle;
  }
  const headers = written(fits);
  return headers.length <= HUBSPOT_LIMITS.headers ? headers : null;
}

function fitId(messageId: string | null): string | null {
  return messageId === null ? null : cutText(messageId, HUBSPOT_LIMITS.messageId);
}

function party(person: { readonly email: string; readonly name: string | null }): Record<string, string> {
  const name = cutText((person.name ?? "").trim(), HUBSPOT_LIMITS.name);
  const space = name.lastIndexOf(" ");
  return {
    email: person.email,
    ...(name === "" ? {} : { firstName: space === -1 ? name : name.slice(0, space) }),
    ...(space === -1 ? {} : { lastName: name.slice(space + 1) }),
  };
}

function optional(name: string, value: string | null): Record<string, string> {
  return value === null || value === "" ? {} : { [name]: value };
}
