import { readReturnedAddresses } from "./delivery-report.ts";
import type { RecipientStatus } from "./delivery-report.ts";
import { rawValues } from "../headers/header-fields.ts";
import { BOUNCE_SUBJECT } from "./bounce-phrases.ts";
import { readBounceText } from "./bounce-text.ts";
import { asks, has, hasNullReturnPath, isAnswerOrForward, getSubject } from "./evidence.ts";
import type { Classification, Evidence } from "./evidence.ts";
import { isMailSystem, mayBeMailSystem } from "./mail-system.ts";
import { codes, original } from "./detect-report.ts";

/** A message that came back, or its header, as a part. */
const RETURNED_PART = /^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/;

/**
 * Bounces that are no report. Who sends and how it is built decide first, in any language; words only beside them:
 * - a mail system in From (MAILER-DAEMON, Exchange's address with a hash, `<>`), which no person has;
 * - `X-Failed-Recipients`, or an address that people have as well (postmaster@), beside two of: no return path, a returned message, an SMTP
 *   server's answer, a mail system's words;
 * - no return path with a returned message, an SMTP server's answer, a quoted header or an address where mail systems put it, and a mail
 *   system's words. Forwarders leave the return path out as well: a forward, words that ask, and what tells of an email to us are a person's.
 */
export function detectBounce(mail: Evidence): Classification | null {
  const failed = rawValues(mail.fields, "X-Failed-Recipients").flatMap((value) => value.split(","));
  const system = isMailSystem(mail);
  const maybe = mayBeMailSystem(mail);
  const quiet = hasNullReturnPath(mail);
  const subject = BOUNCE_SUBJECT.test(getSubject(mail));
  if (!system && failed.length === 0 && !quiet && !maybe) return null;

  const said = readBounceText(mail.text ?? "", readAddresses(mail));
  const returned = mail.parts.some(({ contentType }) => RETURNED_PART.test(contentType));
  const built = [quiet, returned, said.replied].filter(Boolean).length;
  const worded = [subject, said.worded].filter(Boolean).length;
  const back = returnedHeader(mail) ?? { from: said.writtenBy, to: said.writtenTo };
  const about = [...failed, ...back.to];
  const byPerson =
    asks(mail) ||
    isAnswerOrForward(mail) ||
    wasWrittenToUs(mail, about, back.from) ||
    includes(back.to, mail.from?.email);
  const tellsOfIt = isAnswerOrForward(mail) && wasWrittenToUs(mail, about, back.from);
  const isBounce =
    system ||
    (failed.length > 0 && (maybe || !tellsOfIt) && built + worded + (maybe ? 1 : 0) >= 1) ||
    (maybe && !byPerson && built + worded >= 2 && (built > 0 || said.placed)) ||
    (quiet && !byPerson && worded > 0 && (returned || said.replied || said.quotes || (worded > 1 && said.placed))) ||
    // Our own message came back with a server's answer: no language is needed.
    (quiet && !byPerson && said.replied && mail.to.some(({ email }) => includes([back.from ?? ""], email)));
  if (!isBounce) return null;
  const recipients: RecipientStatus[] = [
    ...said.recipients,
    ...failed
      .map((address) => address.trim())
      .filter((address) => address !== "" && !said.recipients.some(({ recipient }) => recipient === address))
      .map((recipient) => ({ action: "failed", status: null, recipient })),
  ];
  const quoted = said.original === null ? [] : [`dsn:message:${said.original}`];
  return {
    kind: said.delayed && failed.length === 0 ? "delay" : "bounce",
    reasons: [
      ...new Set([
        ...(failed.length > 0 ? ["x_failed_recipients"] : []),
        ...(system || maybe ? [mail.from === null ? "from:empty" : "from:daemon"] : []),
        ...(subject ? ["subject:bounce"] : []),
        ...(said.worded ? ["text:bounce"] : []),
        ...(said.replied ? ["text:smtp_reply"] : []),
        ...(returned ? ["returned_message"] : []),
        ...(system || maybe || failed.length > 0 ? [] : ["null_return_path"]),
        ...codes(recipients),
        ...(quoted.length > 0 ? quoted : original(mail)),
      ]),
    ],
  };
}

/** Outlook.com's feedback loop (JMRP) sends no report (RFC 5965), but the message alone, with this field. */
const FEEDBACK_FIELD = "X-HmXmrOriginalRecipient";
const COMPLAINT_SUBJECT =
  /\b(?:complaint about (?:a )?message|abuse (?:report|complaint)|spam complaint|e-?mail feedback report)\b/i;

/** Complaints without a report: a returned message and no words of anybody's, from a service that says so. */
export function detectComplaint(mail: Evidence): Classification | null {
  const field = has(mail, FEEDBACK_FIELD);
  const returned = mail.parts.some(({ contentType }) => RETURNED_PART.test(contentType));
  const wordless = (mail.text ?? "").trim() === "";
  if (!returned || !(field || (wordless && COMPLAINT_SUBJECT.test(getSubject(mail))))) return null;
  return {
    kind: "complaint",
    reasons: [field ? "feedback_field" : "subject:complaint", "returned_message", ...original(mail)],
  };
}

/** Who the notice is from and to is not whom it is about. */
function readAddresses(mail: Evidence): string[] {
  return [mail.from, ...mail.to].flatMap((mailbox) => (mailbox === null ? [] : [mailbox.email.toLowerCase()]));
}

function includes(addresses: readonly string[], email: string | undefined): boolean {
  return email !== undefined && addresses.some((address) => address.toLowerCase() === email.toLowerCase());
}

/** Who wrote the attached message that came back, and to whom; null where none is attached. */
function returnedHeader(mail: Evidence): { from: string | null; to: readonly string[] } | null {
  const part = mail.parts.find(({ contentType }) => RETURNED_PART.test(contentType));
  return part?.bytes == null ? null : readReturnedAddresses(part.bytes);
}

/** Whether the message that came back was the sender's own, written to us: then the sender tells of it. */
function wasWrittenToUs(mail: Evidence, failed: readonly string[], author: string | null): boolean {
  const us = new Set(mail.to.map(({ email }) => email.toLowerCase()));
  if (author !== null && us.has(author.toLowerCase())) return false;
  return failed.some((address) => us.has(address.trim().toLowerCase()));
}
