import { readDeliveryStatus, readFeedbackType, readReturnedMessageId } from "../delivery-report.ts";
import type { RecipientStatus } from "../delivery-report.ts";
import { firstValue, rawValues } from "../header-fields.ts";
import { readStructured } from "../parameters.ts";
import { readBounceText } from "./bounce-text.ts";
import { hasNullReturnPath, subjectOf } from "./evidence.ts";
import type { Classification, Evidence } from "./evidence.ts";

const DAEMON = /^(mailer-daemon|postmaster|mail-daemon|maildaemon|mailerdaemon|microsoftexchange[0-9a-f]{8,64})@/i;
const BOUNCE_SUBJECT =
  /\b(undeliver(ed|able)|delivery (status notification|failure|has failed|problem|report)|mail delivery (failed|system|subsystem)|returned mail|failure notice|message (undeliverable|not delivered|delayed)|delivery delayed|warning: (could not send|message delayed)|delayed mail|unzustellbar|nicht zustellbar|unzustellbare|non remis|échec de (la )?remise|non distribuable|no se puede entregar|no entregado|mancato recapito|non recapitabile|onbestelbaar|não entregue|не доставлено|недоставленное|無法傳遞|未送达|無法送達|配信不能|配信失敗)/iu;

/**
 * Reports (RFC 6522): abuse (RFC 5965), delivery status (RFC 3464), disposition (RFC 8098); and bounces that are no report but say so.
 * A report about a delay is no bounce: the message may still arrive.
 */
export function reportSigns(mail: Evidence): Classification | null {
  const type = readStructured(rawValues(mail.fields, "Content-Type")[0] ?? null);
  const declared = type.value === "multipart/report" ? (type.params["report-type"] ?? "").toLowerCase() : "";
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
    const recipients = status?.bytes == null ? [] : readDeliveryStatus(status.bytes);
    return { kind: kindOf(recipients), reasons: ["report:delivery-status", ...codes(recipients), ...original(mail)] };
  }
  return bounceWithoutReport(mail);
}

/** Several signs, one of which only a mail system gives. */
function bounceWithoutReport(mail: Evidence): Classification | null {
  const failed = rawValues(mail.fields, "X-Failed-Recipients").flatMap((value) => value.split(","));
  const daemon = DAEMON.test(mail.from?.email ?? "");
  const subject = BOUNCE_SUBJECT.test(subjectOf(mail));
  const said =
    failed.length > 0 || daemon || subject || hasNullReturnPath(mail) ? readBounceText(mail.text ?? "") : null;
  const signs = [failed.length > 0, daemon, subject, hasNullReturnPath(mail), said !== null].filter(Boolean).length;
  if (signs < 2 || !(failed.length > 0 || daemon || (said !== null && hasNullReturnPath(mail)))) return null;
  const recipients: RecipientStatus[] = [
    ...(said?.recipients ?? []),
    ...failed
      .map((address) => address.trim())
      .filter((address) => address !== "" && said?.recipients.some(({ recipient }) => recipient === address) !== true)
      .map((recipient) => ({ action: "failed", status: null, recipient })),
  ];
  const quoted = said?.original == null ? [] : [`dsn:message:${said.original}`];
  return {
    kind: said?.delayed === true && failed.length === 0 ? "delay" : "bounce",
    reasons: [
      ...new Set([
        ...(failed.length > 0 ? ["x_failed_recipients"] : []),
        ...(daemon ? ["from:daemon"] : []),
        ...(subject ? ["subject:bounce"] : []),
        ...(said === null ? [] : ["text:bounce"]),
        ...codes(recipients),
        ...(quoted.length > 0 ? quoted : original(mail)),
      ]),
    ],
  };
}

/** Failed for one recipient is a bounce; only delayed is a delay; only delivered, relayed or expanded a receipt. */
function kindOf(recipients: readonly RecipientStatus[]): Classification["kind"] {
  const actions = recipients.map(
    ({ action, status }) => action ?? (status?.startsWith("4") === true ? "delayed" : "failed"),
  );
  if (actions.length === 0 || actions.includes("failed")) return "bounce";
  return actions.includes("delayed") ? "delay" : "receipt";
}

function codes(recipients: readonly RecipientStatus[]): string[] {
  const found = recipients.flatMap(({ action, status, recipient }) => [
    ...(action === null ? [] : [`dsn:${action}`]),
    ...(status === null ? [] : [`dsn:status:${status}`]),
    ...(recipient === null ? [] : [`dsn:recipient:${recipient}`]),
  ]);
  return [...new Set(found)];
}

/** Message-ID of the message that the report is about: in the returned part, else what the report replies to. */
function original(mail: Evidence): string[] {
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
