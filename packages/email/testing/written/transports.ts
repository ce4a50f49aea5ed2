import { mail, multipart } from "./language.ts";
import type { Program } from "./language.ts";

const HEAD = { To: "sales@inlet.example", Date: "Wed, 18 Mar 2026 09:00:00 +0100", "Return-Path": "<>" };

interface Transport {
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  /** Without one the notice is text only, as qmail and Exim write it. */
  readonly status?: string;
}

const STATUS =
  "Reporting-MTA: dns; mx.gone.example\n\nFinal-Recipient: rfc822; jan@gone.example\nAction: failed\nStatus: 5.1.1";

/** Notices of failure as mail servers and providers write them. */
const TRANSPORTS: readonly Transport[] = [
  {
    from: "Mail Delivery System <MAILER-DAEMON@mx.example>",
    subject: "Undelivered Mail Returned to Sender",
    text: "This is the mail system at host mx.example.\n\n<jan@gone.example>: host mx.gone.example said: 550 5.1.1 User unknown",
    status: `Reporting-MTA: dns; mx.example\nX-Postfix-Queue-ID: 4F1\n\nFinal-Recipient: rfc822; jan@gone.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown`,
  },
  {
    from: "Mail Delivery System <Mailer-Daemon@mx.example>",
    subject: "Mail delivery failed: returning message to sender",
    text: "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  jan@gone.example\n    host mx.gone.example [192.0.2.1]\n    550 5.1.1 unknown user",
  },
  {
    from: "MAILER-DAEMON@mx.example",
    subject: "failure notice",
    text: "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<jan@gone.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no such user",
  },
  {
    from: "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
    subject: "Returned mail: see transcript for details",
    text: "The original message was received at Wed, 18 Mar 2026 09:00:00 +0100\n\n   ----- The following addresses had permanent fatal errors -----\n<jan@gone.example>\n    (reason: 550 5.1.1 User unknown)",
    status: STATUS,
  },
  {
    from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    subject: "Delivery Status Notification (Failure)",
    text: "** Address not found **\n\nYour message wasn't delivered to jan@gone.example because the address couldn't be found.",
    status: STATUS,
  },
  {
    from: "Lotus Domino <postmaster@domino.example>",
    subject: "DELIVERY FAILURE: User jan not listed in public Name & Address Book",
    text: "Your message\n\n  Subject: Offer\n\nwas not delivered to:\n\n  jan@gone.example\n\nbecause:\n\n  User jan not listed in public Name & Address Book",
    status: STATUS,
  },
  {
    from: "MAILER-DAEMON@yahoo.example",
    subject: "Failure Notice",
    text: "Sorry, we were unable to deliver your message to the following address.\n\n<jan@gone.example>:\n554: delivery error: dd This user doesn't have an account",
  },
  {
    from: "postmaster@icloud.example",
    subject: "Undeliverable: Offer",
    text: "Your message to jan@gone.example couldn't be delivered.",
    status: STATUS,
  },
  {
    from: "mailer-daemon@corp.mail.example",
    subject: "Недоставленное сообщение",
    text: "Это письмо создано автоматически сервером. Ваше письмо не доставлено:\njan@gone.example\n550 user not found",
    status: STATUS,
  },
  {
    from: "PostMaster <PostMaster@qq.example>",
    subject: "系统退信",
    text: "很抱歉，您发送的邮件被退回。收件人：jan@gone.example\n550 Mailbox not found",
    status: STATUS,
  },
  {
    from: "Postmaster <postmaster@naver.example>",
    subject: "[발송실패 안내] 메일 발송 실패",
    text: "메일이 전송되지 않았습니다. jan@gone.example\n550 5.1.1 No such user",
    status: STATUS,
  },
  {
    from: "Postmaster <Postmaster@163.example>",
    subject: "系统退信/Systems bounce",
    text: "抱歉，您的邮件被退回来了……\njan@gone.example\n550 User not found",
    status: STATUS,
  },
];

/** A mail server's notice of failure; another server's for each number. */
export function chooseTransport(number: number): Program {
  const { from, subject, text, status } = TRANSPORTS[number % TRANSPORTS.length] as Transport;
  return ({ code }, serial) => {
    const fields = { From: from, Subject: subject, ...HEAD, "Message-ID": `<${code}-${serial}@mx.example>` };
    const message =
      status === undefined
        ? mail(
            fields,
            `${text}\n\n------ This is a copy of the message, including all the headers. ------\n\nFrom: sales@inlet.example\nTo: jan@gone.example\nSubject: Offer\nMessage-ID: <offer@inlet.example>`,
          )
        : mail(
            { ...fields, "Content-Type": 'multipart/report; report-type=delivery-status; boundary="=_b"' },
            multipart([
              ["text/plain; charset=utf-8", text],
              ["message/delivery-status", status],
              ["text/rfc822-headers", "Message-ID: <offer@inlet.example>\nSubject: Offer"],
            ]),
          );
    return { label: "bounce", deceives: status === undefined, message };
  };
}
