import { mail, multipart, person } from "./language.ts";
import type { Language, Program } from "./language.ts";
import { chooseTransport } from "./transports.ts";

const TO = "sales@inlet.example";
const DATE = "Wed, 18 Mar 2026 09:00:00 +0100";

function head(language: Language, number: number, given: Readonly<Record<string, string>>): Record<string, string> {
  return {
    From: person(language.name, "mail@person.example"),
    To: TO,
    Subject: `Re: ${language.subject}`,
    Date: DATE,
    "Message-ID": `<${language.code}-${number}@program.example>`,
    ...given,
  };
}

function calendar(language: Language): string {
  return `BEGIN:VCALENDAR\nMETHOD:REPLY\nVERSION:2.0\nBEGIN:VEVENT\nUID:ev-1@inlet.example\nDTSTART:20260320T090000Z\nSUMMARY:${language.subject}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:mail@person.example\nEND:VEVENT\nEND:VCALENDAR`;
}

/** What programs send by themselves, by program. */
export const MACHINES: Readonly<Record<string, Program>> = {
  "Exchange, out of office": (language, number) => ({
    label: "out_of_office",
    deceives: false,
    message: mail(
      head(language, number, {
        Subject: `${language.oof} ${language.subject}`,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "In-Reply-To": "<offer@inlet.example>",
      }),
      language.away,
    ),
  }),
  "Gmail, vacation responder with a person's subject": (language, number) => ({
    label: "out_of_office",
    deceives: true,
    message: mail(
      head(language, number, {
        "Auto-Submitted": "auto-replied",
        Precedence: "bulk",
        "X-Autoreply": "yes",
        "In-Reply-To": "<offer@inlet.example>",
      }),
      language.away,
    ),
  }),
  "Exchange, notice of failure in the sender's language, without a report": (language, number) => ({
    label: "bounce",
    deceives: true,
    message: mail(
      head(language, number, {
        From: "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@person.example>",
        Subject: `${language.ndr} ${language.subject}`,
        "Return-Path": "<>",
      }),
      `${language.failed}\n\njan@gone.example\n550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup`,
    ),
  }),
  "Mail server, failure": (language, number) => chooseTransport(number)(language, number),
  "Mail server, delay": (language, number) => ({
    label: "delay",
    deceives: false,
    message: mail(
      head(language, number, {
        From: "Mail Delivery System <MAILER-DAEMON@mx.person.example>",
        Subject: "Delayed Mail (still being retried)",
        "Return-Path": "<>",
        "Auto-Submitted": "auto-replied",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="=_b"',
      }),
      multipart([
        ["text/plain; charset=utf-8", "Your message could not be delivered yet. You do not need to send it again."],
        [
          "message/delivery-status",
          "Reporting-MTA: dns; mx.person.example\n\nFinal-Recipient: rfc822; slow@gone.example\nAction: delayed\nStatus: 4.4.1",
        ],
        ["text/rfc822-headers", `Message-ID: <offer@inlet.example>\nSubject: Offer`],
      ]),
    ),
  }),
  "Ticket system, acknowledges": (language, number) => ({
    label: "auto_reply",
    deceives: true,
    message: mail(
      head(language, number, {
        From: person(language.name, "help@desk.example"),
        Subject: `[Ticket#${1000 + number}] ${language.subject}`,
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "In-Reply-To": "<offer@inlet.example>",
      }),
      language.ticket,
    ),
  }),
  "Outlook, read receipt": (language, number) => ({
    label: "receipt",
    deceives: false,
    message: mail(
      head(language, number, {
        Subject: `${language.read} ${language.subject}`,
        "Content-Type": 'multipart/report; report-type=disposition-notification; boundary="=_b"',
      }),
      multipart([
        ["text/plain; charset=utf-8", language.read],
        [
          "message/disposition-notification",
          "Reporting-UA: mail.example; Outlook\nFinal-Recipient: rfc822;mail@person.example\nOriginal-Message-ID: <offer@inlet.example>\nDisposition: manual-action/MDN-sent-manually; displayed",
        ],
      ]),
    ),
  }),
  "Outlook, answer to a meeting": (language, number) => ({
    label: "calendar",
    deceives: false,
    message: mail(
      head(language, number, {
        Subject: `${language.accepted} ${language.subject}`,
        "Content-Type": 'multipart/alternative; boundary="=_b"',
      }),
      multipart([
        ["text/plain; charset=utf-8", language.accepted],
        ["text/calendar; charset=utf-8; method=REPLY", calendar(language)],
      ]),
    ),
  }),
  "Campaign tool, in a person's name": (language, number) => ({
    label: "newsletter",
    deceives: true,
    message: mail(
      head(language, number, {
        From: person(language.name, "hello@news.example"),
        Subject: language.subject,
        "List-Unsubscribe": "<https://news.example/u/1>, <mailto:u@news.example>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": "12:campaign:news",
        Precedence: "bulk",
      }),
      language.news,
    ),
  }),
  "Mailing list, a member's post": (language, number) => ({
    label: "mailing_list",
    deceives: true,
    message: mail(
      head(language, number, {
        To: "pumps@lists.example",
        Sender: "pumps-bounces@lists.example",
        "List-Id": "Pumps <pumps.lists.example>",
        "List-Post": "<mailto:pumps@lists.example>",
        "List-Unsubscribe": "<mailto:pumps-leave@lists.example>",
        Precedence: "list",
        "X-Mailman-Version": "3.3.9",
      }),
      language.words,
    ),
  }),
  "Shop, says that it reads no answers": (language, number) => ({
    label: "no_reply",
    deceives: false,
    message: mail(
      head(language, number, { From: "Shop <noreply@shop.example>", Subject: language.subject }),
      language.news,
    ),
  }),
};
