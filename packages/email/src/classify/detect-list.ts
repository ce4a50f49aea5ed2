import { firstValue, rawValues } from "../headers/header-fields.ts";
import { readStructured } from "../headers/parameters.ts";
import { has } from "./evidence.ts";
import type { Evidence } from "./evidence.ts";

/** RFC 5546: a calendar object with a method is a message of the calendar, one without is a file. */
export function detectCalendar(mail: Evidence): string[] {
  const topType = readStructured(rawValues(mail.fields, "Content-Type")[0] ?? null);
  for (const { contentType, contentDisposition, bytes } of mail.parts) {
    if (contentType !== "text/calendar" && contentType !== "application/ics") continue;
    const head = bytes === null ? "" : Buffer.from(bytes.subarray(0, 8_192)).toString("latin1");
    const method = /^METHOD:(PUBLISH|REQUEST|REPLY|ADD|CANCEL|REFRESH|COUNTER|DECLINECOUNTER)\s*$/im.exec(head)?.[1];
    // A calendar that somebody publishes below words of his own is a file.
    const attached = /^attachment/i.test(contentDisposition ?? "");
    if (method === "PUBLISH" && attached && (mail.words ?? "").trim() !== "") continue;
    if (method !== undefined) return [`calendar:${method.toLowerCase()}`];
  }
  const declared = topType.value === "text/calendar" ? (topType.params["method"] ?? "") : "";
  return /^(?:request|reply|cancel|counter)$/i.test(declared) ? [`calendar:${declared.toLowerCase()}`] : [];
}

/** What list managers write beside `Precedence: list`; LISTSERV has no List-Id. */
const LIST_FIELDS = ["List-Id", "List-Owner", "List-Subscribe"];

/** Fields of services that send in bulk; a person's mail has none of them. */
const CAMPAIGNS = [
  "X-Campaign",
  "X-CampaignID",
  "X-Campaign-Id",
  "X-Mailer-Campaign",
  "X-Mailchimp-Campaign-Id",
  "X-MC-User",
  "X-CSA-Complaints",
  "X-SFMC-Stack",
  "X-Report-Abuse-To",
];

/**
 * RFC 2919 and RFC 2369. A list's post: posting address, or List-Id with `Precedence: list`, or with `Precedence: bulk` (Majordomo, vger)
 * where it is no newsletter. A newsletter: one can only leave it (List-Unsubscribe) and one of the marks of bulk mail. A lone List-Id is
 * neither: groups that only share a mailbox add it to people's mail.
 */
export function detectList(mail: Evidence): { kind: "mailing_list" | "newsletter"; reasons: string[] } | null {
  const precedence = firstValue(mail.fields, "Precedence")?.toLowerCase();
  const post = has(mail, "List-Post") && firstValue(mail.fields, "List-Post")?.toUpperCase() !== "NO";
  const id = has(mail, "List-Id") ? ["list_id"] : [];
  if (post || has(mail, "Mailing-List") || (precedence === "list" && LIST_FIELDS.some((name) => has(mail, name)))) {
    const reasons = [...id, ...(post ? ["list_post"] : []), ...(precedence === "list" ? ["precedence:list"] : [])];
    return { kind: "mailing_list", reasons: reasons.length === 0 ? ["mailing_list"] : reasons };
  }
  const majordomo =
    id.length > 0 && precedence === "bulk"
      ? { kind: "mailing_list" as const, reasons: [...id, "precedence:bulk"] }
      : null;
  if (!has(mail, "List-Unsubscribe")) return majordomo;
  const marks = [
    ...(has(mail, "List-Unsubscribe-Post") ? ["list_unsubscribe_post"] : []),
    ...(precedence === "bulk" ? ["precedence:bulk"] : []),
    ...(has(mail, "Feedback-ID") ? ["feedback_id"] : []),
    ...(CAMPAIGNS.some((name) => has(mail, name)) ? ["campaign_header"] : []),
    ...id,
  ];
  if (marks.length === 0 || mail.inReplyTo !== null) return majordomo;
  return { kind: "newsletter", reasons: ["list_unsubscribe", ...marks.filter((mark) => mark !== "precedence:bulk")] };
}
