import type { Mailbox } from "@inlet/schemas";
import { readDeliveryStatus, readFeedbackType } from "./delivery-report.ts";
import { firstValue, rawValues } from "./header-fields.ts";
import type { Field } from "./header-fields.ts";
import { readStructured } from "./parameters.ts";

/** What the rules look at; nothing else decides. */
export interface Evidence {
  readonly fields: readonly Field[];
  readonly from: Mailbox | null;
  readonly subject: string | null;
  readonly inReplyTo: string | null;
  readonly parts: readonly { readonly contentType: string; readonly bytes: Uint8Array | null }[];
}

export interface Classification {
  kind: "human" | "auto_reply" | "out_of_office" | "bounce" | "complaint" | "mailing_list" | "newsletter" | "calendar";
  reasons: string[];
}

const OUT_OF_OFFICE =
  /\b(out of (the )?office|automatic reply|auto(matic)? ?reply: |on (vacation|holiday|leave)|abwesenheitsnotiz|automatische antwort|absence du bureau|réponse automatique|fuera de (la )?oficina|respuesta automática|fuori (sede|ufficio)|risposta automatica|afwezig|automatisch antwoord|resposta automática|autosvar|nieobecno)|自動応答|不在|自动回复|자동 회신/iu;
const DAEMON = /^(mailer-daemon|postmaster|mail-daemon)@/i;
const BOUNCE_SUBJECT =
  /\b(undeliver(ed|able)|delivery (status notification|failure|has failed)|mail delivery (failed|system)|returned mail|failure notice|unzustellbar|non remis|no se puede entregar)/i;

/**
 * What kind of mail this is (UN8), with a code for each sign that was seen. Signs are graded: one weak sign (`Precedence`,
 * `X-Auto-Response-Suppress`, a null Return-Path, a lone List-Id) never makes a person's mail machine mail; it is only
 * told. The strongest kind wins: complaint, bounce, out of office, auto reply, calendar, newsletter, mailing list.
 */
export function classify(mail: Evidence): Classification {
  const report = reportSigns(mail);
  if (report !== null) return report;
  const automatic = automaticSigns(mail);
  if (automatic.certain.length > 0 || automatic.weak.length >= 2) {
    const reasons = [...automatic.certain, ...automatic.weak];
    const away = OUT_OF_OFFICE.test((mail.subject ?? "").slice(0, 500));
    // Newsletters and list servers say `Auto-Submitted: auto-generated` too; the list is what counts then.
    const list = listSigns(mail);
    const onlyGenerated = automatic.certain.every((reason) => reason === "auto_submitted:auto-generated");
    if (onlyGenerated && list !== null && !away) return { kind: list.kind, reasons: [...list.reasons, ...reasons] };
    return away
      ? { kind: "out_of_office", reasons: [...reasons, "subject:out_of_office"] }
      : { kind: "auto_reply", reasons };
  }
  const calendar = calendarSigns(mail);
  if (calendar.length > 0) return { kind: "calendar", reasons: [...calendar, ...automatic.weak] };
  const list = listSigns(mail);
  if (list !== null) return { kind: list.kind, reasons: [...list.reasons, ...automatic.weak] };
  const listId = firstValue(mail.fields, "List-Id") === null ? [] : ["list_id"];
  return { kind: "human", reasons: [...listId, ...automatic.weak] };
}

/** Reports (RFC 6522): abuse (RFC 5965) and delivery status (RFC 3464); and bounces that are no report but say so. */
function reportSigns(mail: Evidence): Classification | null {
  const type = readStructured(rawValues(mail.fields, "Content-Type")[0] ?? null);
  const declared = type.value === "multipart/report" ? (type.params["report-type"] ?? "").toLowerCase() : "";
  const feedback = mail.parts.find((part) => part.contentType === "message/feedback-report");
  if (feedback !== undefined || declared === "feedback-report") {
    const kind = feedback?.bytes == null ? null : readFeedbackType(feedback.bytes);
    return { kind: "complaint", reasons: ["report:feedback", ...(kind === null ? [] : [`arf:${kind}`])] };
  }
  const status = mail.parts.find((part) => /^message\/(global-)?delivery-status$/.test(part.contentType));
  if (status !== undefined || declared === "delivery-status") {
    const recipients = status?.bytes == null ? [] : readDeliveryStatus(status.bytes);
    const codes = recipients.flatMap(({ action, status: code, recipient }) => [
      ...(action === null ? [] : [`dsn:${action}`]),
      ...(code === null ? [] : [`dsn:status:${code}`]),
      ...(recipient === null ? [] : [`dsn:recipient:${recipient}`]),
    ]);
    return { kind: "bounce", reasons: [...new Set(["report:delivery-status", ...codes])] };
  }
  const failed = rawValues(mail.fields, "X-Failed-Recipients").length > 0;
  const daemon = DAEMON.test(mail.from?.email ?? "");
  const subject = BOUNCE_SUBJECT.test((mail.subject ?? "").slice(0, 500));
  if (Number(failed) + Number(daemon) + Number(subject) + Number(hasNullReturnPath(mail)) < 2 || !(failed || daemon)) {
    return null;
  }
  const reasons = [
    ...(failed ? ["x_failed_recipients"] : []),
    ...(daemon ? ["from:daemon"] : []),
    ...(subject ? ["subject:bounce"] : []),
  ];
  return { kind: "bounce", reasons };
}

/** RFC 3834, and what programs say that do not follow it. */
function automaticSigns(mail: Evidence): { certain: string[]; weak: string[] } {
  const { fields } = mail;
  const submitted = firstValue(fields, "Auto-Submitted")?.split(/[;\s]/)[0]?.toLowerCase();
  const precedence = firstValue(fields, "Precedence")?.toLowerCase();
  const has = (name: string): boolean => firstValue(fields, name) !== null;
  const outlook = /\b(oof|all|autoreply)\b/i.test(firstValue(fields, "X-Auto-Response-Suppress") ?? "");
  const awaySubject =
    /^(automatic reply|automatische antwort|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord|resposta automática)\s?:/i;
  return {
    certain: [
      ...(submitted !== undefined && submitted !== "no" && /^[a-z-]{1,40}$/.test(submitted)
        ? [`auto_submitted:${submitted}`]
        : []),
      ...["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply"]
        .filter(has)
        .map((name) => name.toLowerCase().replaceAll("-", "_")),
      ...(precedence === "auto_reply" ? ["precedence:auto_reply"] : []),
      // Exchange marks its own out-of-office replies by the suppression header and a fixed subject.
      ...(outlook && awaySubject.test(mail.subject ?? "") ? ["exchange_automatic_reply"] : []),
    ],
    weak: [
      ...(precedence === "bulk" || precedence === "junk" ? [`precedence:${precedence}`] : []),
      ...(outlook ? ["x_auto_response_suppress"] : []),
      ...(hasNullReturnPath(mail) ? ["null_return_path"] : []),
    ],
  };
}

function hasNullReturnPath(mail: Evidence): boolean {
  return rawValues(mail.fields, "Return-Path").some((value) => value.replace(/\s/g, "") === "<>");
}

/** RFC 5546: a calendar object with a method is a message of the calendar, one without is a file. */
function calendarSigns(mail: Evidence): string[] {
  for (const { contentType, bytes } of mail.parts) {
    if (contentType !== "text/calendar" && contentType !== "application/ics") continue;
    const head = bytes === null ? "" : decodeHead(bytes);
    const method = /^METHOD:(PUBLISH|REQUEST|REPLY|ADD|CANCEL|REFRESH|COUNTER|DECLINECOUNTER)\s*$/im.exec(head)?.[1];
    if (method !== undefined) return [`calendar:${method.toLowerCase()}`];
  }
  return [];
}

function decodeHead(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 8_192)).toString("latin1");
}

/**
 * RFC 2919 and RFC 2369. A list's post: posting address, or List-Id with `Precedence: list`. A newsletter: one can only
 * leave it (List-Unsubscribe) and one of the marks of bulk mail. A lone List-Id is neither: groups that only share a
 * mailbox add it to people's mail.
 */
function listSigns(mail: Evidence): { kind: "mailing_list" | "newsletter"; reasons: string[] } | null {
  const has = (name: string): boolean => firstValue(mail.fields, name) !== null;
  const precedence = firstValue(mail.fields, "Precedence")?.toLowerCase();
  const post = has("List-Post") && firstValue(mail.fields, "List-Post")?.toUpperCase() !== "NO";
  const id = has("List-Id") ? ["list_id"] : [];
  if (post || has("Mailing-List") || (has("List-Id") && precedence === "list")) {
    const reasons = [...id, ...(post ? ["list_post"] : []), ...(precedence === "list" ? ["precedence:list"] : [])];
    return { kind: "mailing_list", reasons: reasons.length === 0 ? ["mailing_list"] : reasons };
  }
  if (!has("List-Unsubscribe")) return null;
  const marks = [
    ...(has("List-Unsubscribe-Post") ? ["list_unsubscribe_post"] : []),
    ...(precedence === "bulk" ? ["precedence:bulk"] : []),
    ...(has("Feedback-ID") ? ["feedback_id"] : []),
    ...(has("X-Campaign") || has("X-CampaignID") || has("X-Mailer-Campaign") ? ["campaign_header"] : []),
    ...id,
  ];
  if (marks.length === 0 || mail.inReplyTo !== null) return null;
  return { kind: "newsletter", reasons: ["list_unsubscribe", ...marks.filter((mark) => mark !== "precedence:bulk")] };
}
