import { mail, multipart, person } from "./language.ts";
import type { Language, Program } from "./language.ts";

const TO = "sales@inlet.example";
const DATE = "Wed, 18 Mar 2026 09:00:00 +0100";
const PERSON = "mail@person.example";

function head(
  language: Language,
  number: number,
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    From: person(language.name, PERSON),
    To: TO,
    Subject: `Re: ${language.subject}`,
    Date: DATE,
    "Message-ID": `<${language.code}-${number}@person.example>`,
    ...given,
  };
}

/** The header block that Outlook writes above a quote. */
function outlookBlock({ labels: [from, sent, to, subject], ...language }: Language): string {
  return `________________________________\n${from}: Sales <${TO}>\n${sent}: 16.03.2026 10:00\n${to}: ${language.name} <${PERSON}>\n${subject}: ${language.subject}`;
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\n", "<br>");

/** People's mail as their programs write it, by program. Most of it looks automatic, or as if its words were a quote. */
export const PEOPLE: Readonly<Record<string, Program>> = {
  "Gmail, reply in text": (language, number) => ({
    label: "human",
    deceives: false,
    reply: language.words,
    message: mail(
      head(language, number, { "In-Reply-To": "<offer@inlet.example>" }),
      `${language.words}\n\n${language.intro}\n\n> ${language.old}\n>`,
    ),
  }),
  "Gmail, words inside of the quote's class": (language, number) => ({
    label: "human",
    deceives: true,
    reply: language.words,
    message: mail(
      head(language, number, { "Content-Type": "text/html; charset=utf-8" }),
      `<div class="gmail_quote gmail_quote_container"><div dir="ltr">${escape(language.words)}</div></div>`,
    ),
  }),
  "Outlook, reply in text behind Exchange's suppression": (language, number) => ({
    label: "human",
    deceives: true,
    reply: language.words,
    message: mail(
      head(language, number, {
        "In-Reply-To": "<offer@inlet.example>",
        "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
        "X-MS-Has-Attach": "",
        "X-MS-Exchange-Organization-AuthAs": "Internal",
      }),
      `${language.words}\n\n${outlookBlock(language)}\n\n${language.old}`,
    ),
  }),
  "Outlook on the web, html": (language, number) => ({
    label: "human",
    deceives: false,
    reply: language.words,
    message: mail(
      head(language, number, { "Content-Type": "text/html; charset=utf-8" }),
      `<div class="elementToProof">${escape(language.words)}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr">${escape(outlookBlock(language).split("\n").slice(1).join("\n"))}</div><div>${language.old}</div>`,
    ),
  }),
  iPhone: (language, number) => ({
    label: "human",
    deceives: false,
    reply: language.words,
    message: mail(
      head(language, number, { "X-Mailer": "iPhone Mail (22E252)" }),
      `${language.words}\n\n${language.phone}`,
    ),
  }),
  "Thunderbird, asks about an absence": (language, number) => ({
    label: "human",
    deceives: true,
    reply: language.absence,
    message: mail(
      head(language, number, {
        Subject: `Re: ${language.oof} ${language.subject}`,
        "User-Agent": "Mozilla Thunderbird",
      }),
      language.absence,
    ),
  }),
  "Exchange, redirected by a rule": (language, number) => ({
    label: "human",
    deceives: true,
    reply: language.words,
    message: mail(
      head(language, number, {
        "Auto-Submitted": "auto-forwarded",
        "X-MS-Exchange-Inbox-Rules-Loop": "office@kunde.example",
        "X-MS-Exchange-Generated-Message-Source": "Mailbox Rules Agent",
      }),
      language.words,
    ),
  }),
  "Gmail, forwards a bounce and asks": (language, number) => ({
    label: "human",
    deceives: true,
    reply: language.words,
    message: mail(
      head(language, number, { Subject: `Fwd: ${language.ndr} ${language.subject}` }),
      `${language.words}\n\n---------- Forwarded message ---------\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nDate: Mon, 16 Mar 2026\nSubject: Delivery Status Notification (Failure)\nTo: <${PERSON}>\n\n${language.failed}\n550 5.1.1 The email account that you tried to reach does not exist.`,
    ),
  }),
  "Web form through a sender that reads no answers": (language, number) => ({
    label: "human",
    deceives: true,
    contact: PERSON,
    message: mail(
      head(language, number, {
        From: "Website <noreply@shop.example>",
        "Reply-To": person(language.name, PERSON),
        Subject: language.subject,
        "X-Mailer": "PHPMailer 6.9.1",
        "Auto-Submitted": "auto-generated",
      }),
      language.words,
    ),
  }),
  "Precedence of a company's server, null return path of a forwarder": (language, number) => ({
    label: "human",
    deceives: true,
    reply: language.words,
    message: mail(
      head(language, number, { "Return-Path": "<>", "In-Reply-To": "<offer@inlet.example>" }),
      language.words,
    ),
  }),
  "Behind a gateway that labels and warns": (language, number) => ({
    label: "human",
    deceives: true,
    reply: language.words,
    message: mail(
      head(language, number, { Subject: `[EXTERNAL] Re: ${language.subject}` }),
      `CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender and know the content is safe.\n\n${language.words}`,
    ),
  }),
  "Apple Mail, with a read receipt forwarded below": (language, number) => ({
    label: "human",
    deceives: true,
    message: mail(
      head(language, number, {
        Subject: `Fwd: ${language.read} ${language.subject}`,
        "Content-Type": 'multipart/mixed; boundary="=_b"',
      }),
      multipart([
        ["text/plain; charset=utf-8", language.words],
        [
          "message/rfc822",
          `From: ${PERSON}\nSubject: Read\nContent-Type: multipart/report; report-type=disposition-notification; boundary="=_c"\n\n--=_c\nContent-Type: text/plain\n\nRead.\n--=_c\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;${PERSON}\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--=_c--`,
        ],
      ]),
    ),
  }),
};
