import { readDeliveryStatus, readFeedbackType, readReturnedMessageId } from "./delivery-report.ts";
import type { RecipientStatus } from "./delivery-report.ts";
import { firstValue, rawValues } from "../headers/header-fields.ts";
import { readStructured } from "../headers/parameters.ts";
import { readBounceText } from "./bounce-text.ts";
import { asks, hasNullReturnPath, isAnswerOrForward, getSubject } from "./evidence.ts";
import type { Classification, Evidence } from "./evidence.ts";
import { isMailSystem } from "./mail-system.ts";
import { WAS_READ } from "./detect-receipt.ts";

/**
 * Reports (RFC 6522): abuse (RFC 5965), delivery status (RFC 3464), disposition (RFC 8098). Only at top level: what a person attaches or
 * forwards is that person's email. A gateway that wraps one leaves the mail system in From, or no return path. A report about a delay is no
 * bounce: the message may still arrive.
 */
export function detectReport(mail: Evidence): Classification | null {
  const type = readStructured(rawValues(mail.fields, "Content-Type")[0] ?? null);
  const declared = type.value === "multipart/report" ? (type.params["report-type"] ?? "").toLowerCase() : "";
  const topLevel = type.value === "multipart/report" || type.value.startsWith("message/");
  const wrapped =
    isMailSystem(mail) || (hasNullReturnPath(mail) && mail.inReplyTo === null && !isAttachedBySomebody(mail));
  if (!topLevel && !wrapped) return null;
  const part = (pattern: RegExp) => mail.parts.find(({ contentType }) => pattern.test(contentType));

  const feedback = part(/^message\/feedback-report$/);
  if (feedback !== undefined || declared === "feedback-report") {
    const kind = feedback?.bytes == null ? null : readFeedbackType(feedback.bytes);
    return {
      kind: "complaint",
      reasons: ["report:feedback", ...(kind === null ? [] : [`arf:${kind}`]), ...original(mail)],
    };
  }
  const disposition = part(/^message\/(global-)?disposition-notification$/);
  if (disposition !== undefined || declared === "disposition-notification") {
    const said = /^Disposition:[^;\n]{0,200};\s*([a-z]{1,20})/im
      .exec(head(disposition?.bytes ?? null))?.[1]
      ?.toLowerCase();
    return {
      kind: "receipt",
      reasons: ["report:disposition", ...(said === undefined ? [] : [`mdn:${said}`]), ...original(mail)],
    };
  }
  const status = part(/^message\/(global-)?delivery-status$/);
  if (status !== undefined || declared === "delivery-status") {
    const listed = status?.bytes == null ? [] : readDeliveryStatus(status.bytes);
    const recipients = listed.some(({ recipient }) => recipient !== null) ? listed : [...listed, ...inWords(mail)];
    return {
      kind: decideKind(recipients),
      reasons: ["report:delivery-status", ...codes(recipients), ...original(mail)],
    };
  }
  return null;
}

const COMPLAINT_TEXT = /\b(?:abuse|feedback|spam) (?:report|complaint)\b/i;
const RECEIPT_TEXT =
  /\b(?:return|read|delivery) receipt\b|lesebestätigung|empfangsbestätigung|accusé de (?:lecture|réception)/iu;

/**
 * Whether somebody attached a report to words of his own: forwarders leave the return path out of people's mail as well. Who attaches the
 * report of a bounce tells of an email to us that came back; other reports have words of their kind above them where programs send them.
 */
function isAttachedBySomebody(mail: Evidence): boolean {
  if (asks(mail) || isAnswerOrForward(mail)) return true;
  const words = `${getSubject(mail)}\n${(mail.words ?? mail.text ?? "").slice(0, 2_000)}`;
  const has = (type: RegExp): Uint8Array | null | undefined =>
    mail.parts.find(({ contentType }) => type.test(contentType))?.bytes;
  const status = has(/^message\/(global-)?delivery-status$/);
  if (status != null) {
    const us = new Set(mail.to.map(({ email }) => email.toLowerCase()));
    return readDeliveryStatus(status).some(({ recipient }) => recipient !== null && us.has(recipient.toLowerCase()));
  }
  if ((mail.words ?? "").trim() === "") return false;
  const disposition = has(/^message\/(global-)?disposition-notification$/) !== undefined;
  return !(disposition ? RECEIPT_TEXT.test(words) || WAS_READ.test(words) : COMPLAINT_TEXT.test(words));
}

/** Failed for one recipient is a bounce; only delayed is a delay; only delivered, relayed or expanded a receipt. */
function decideKind(recipients: readonly RecipientStatus[]): Classification["kind"] {
  const actions = recipients.map(
    ({ action, status }) => action ?? (status?.startsWith("4") === true ? "delayed" : "failed"),
  );
  if (actions.length === 0 || actions.includes("failed")) return "bounce";
  return actions.includes("delayed") ? "delay" : "receipt";
}

/** Whom the report's text names, where its own part names none. */
function inWords(mail: Evidence): readonly RecipientStatus[] {
  const others = [mail.from, ...mail.to].flatMap((mailbox) => (mailbox === null ? [] : [mailbox.email.toLowerCase()]));
  return readBounceText(mail.text ?? "", others).recipients.map(({ recipient }) => ({
    action: null,
    status: null,
    recipient,
  }));
}

/** Codes for the evidence: what was done, why, and for whom. */
export function codes(recipients: readonly RecipientStatus[]): string[] {
  const found = recipients.flatMap(({ action, status, recipient }) => [
    ...(action === null ? [] : [`dsn:${action}`]),
    ...(status === null ? [] : [`dsn:status:${status}`]),
    ...(recipient === null ? [] : [`dsn:recipient:${recipient}`]),
  ]);
  return [...new Set(found)];
}

/** Message-ID of the message that the report is about: in the returned part, else what the report replies to. */
export function original(mail: Evidence): string[] {
  const returned = mail.parts.find(({ contentType }) =>
    /^(message\/(rfc822|global|rfc822-headers)|text\/rfc822-headers)/.test(contentType),
  );
  const disposed = mail.parts.find(({ contentType }) => contentType.includes("disposition-notification"));
  const id =
    (returned?.bytes == null ? null : readReturnedMessageId(returned.bytes)) ??
    /^Original-Message-ID:\s*<([^<>\s]{3,500})>/im.exec(head(disposed?.bytes ?? null))?.[1] ??
    mail.inReplyTo ??
    mail.references.at(-1) ??
    firstValue(mail.fields, "X-Original-Message-ID")?.replace(/^<|>$/g, "") ??
    null;
  return id === null ? [] : [`dsn:message:${id}`];
}

function head(bytes: Uint8Array | null): string {
  return bytes === null ? "" : Buffer.from(bytes.subarray(0, 16_384)).toString("latin1");
}
