import { expect, test } from "vitest";
import { parseMime } from "../parse-mime.ts";

/** Brothers of the cases: other languages, other programs. A line each: header fields, `|`, the text. */
async function decideKind(given: string): Promise<string> {
  const [header = "", text = ""] = given.split(" | ");
  const fields = header.split(" ; ").join("\r\n");
  const result = await parseMime(Buffer.from(`To: sales@inlet.example\r\n${fields}\r\n\r\n${text}\r\n`));
  if (!result.ok) throw new Error(result.fault.message);
  return result.email.classification.kind;
}

const MIA = "From: Mia <mia@tin.example>";

const report = (type: string, status: string): string =>
  `Content-Type: ${type}; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n${status}\r\n--b--`;

const FAILED =
  "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1";

test.each([
  // Marks of the hop, and fields that people's mail has too.
  [
    `${MIA} ; Subject: Bestellung ; Auto-Submitted: auto-forwarded ; Return-Path: <> | Bitte drei Pumpen liefern.`,
    "human",
  ],
  [
    `${MIA} ; Subject: Commande ; X-Auto-Response-Suppress: All ; Return-Path: <> | Merci d'envoyer trois pompes.`,
    "human",
  ],
  [
    `${MIA} ; Subject: Pedido ; X-MS-Exchange-Inbox-Rules-Loop: a@b.example ; Auto-Submitted: auto-generated | Tres bombas.`,
    "human",
  ],
  [`${MIA} ; Subject: Order ; Auto-Submitted: no (by hand) | Three pumps, please.`, "human"],
  [`${MIA} ; Subject: Order ; X-Autoreply: no | Three pumps, please.`, "human"],
  [`${MIA} ; Subject: Order ; Resent-From: <x@y.example> ; Auto-Submitted: auto-generated | Three pumps.`, "human"],
  // A subject alone.
  [
    `${MIA} ; Subject: Automatic reply: does not work any more | The automatic reply of your product stopped. Please help.`,
    "human",
  ],
  [`${MIA} ; Subject: Réponse automatique : comment la désactiver ? | Bonjour, comment faire ?`, "human"],
  [`${MIA} ; Subject: Ausencia: registrar medio día | ¿Se puede registrar medio día en su sistema?`, "human"],
  [
    `${MIA} ; Subject: Frånvaro: integration med lönesystem | Vi söker ett system för frånvaro till 200 anställda.`,
    "human",
  ],
  [`${MIA} ; Subject: 不在通知: 設定方法 | 設定方法を教えてください。`, "human"],
  [`${MIA} ; Subject: Out of office: key lost | We are locked out, please come today.`, "human"],
  [
    `${MIA} ; Subject: Automatische Antwort: geht nicht ; X-Auto-Response-Suppress: All | Die automatische Antwort geht nicht.`,
    "human",
  ],
  // Telling of a holiday.
  [
    `${MIA} ; Subject: Re: Offer ; In-Reply-To: <o@inlet.example> ; Return-Path: <> | I will be on vacation from Friday, so please send it before.`,
    "human",
  ],
  [
    `${MIA} ; Subject: AW: Angebot ; In-Reply-To: <o@inlet.example> | Ich bin ab Montag im Urlaub, können wir vorher sprechen?`,
    "human",
  ],
  // Labels before automatic replies, in other languages, several in a row.
  [`${MIA} ; Subject: [EXTERNE] [SPAM?] Réponse automatique : Offre | Je serai de retour lundi.`, "out_of_office"],
  [`${MIA} ; Subject: EXT: Risposta automatica: Offerta | Rientro lunedì e risponderò allora.`, "out_of_office"],
  [`${MIA} ; Subject: ***SPAM*** Respuesta automática: Oferta | Vuelvo el jueves.`, "out_of_office"],
  [`${MIA} ; Subject: [Extern] Automatisch antwoord: Offerte | Ik ben donderdag weer bereikbaar.`, "out_of_office"],
  [`${MIA} ; Subject: [Внешнее] Автоматический ответ: Предложение | Вернусь в понедельник.`, "out_of_office"],
  [`${MIA} ; Subject: 【社外】自動応答: 見積り ; In-Reply-To: <o@inlet.example> | 月曜日に戻ります。`, "out_of_office"],
  [
    `${MIA} ; Subject: Automatinis atsakymas: Pasiūlymas ; In-Reply-To: <o@inlet.example> | Šiuo metu nesu biure.`,
    "out_of_office",
  ],
  // Reports that people forward, and reports.
  [`${MIA} ; Subject: Your reply bounced ; ${report("multipart/mixed", FAILED)}`, "human"],
  [
    `${MIA} ; Subject: WG: Unzustellbar: Angebot ; In-Reply-To: <o@inlet.example> ; ${report("multipart/mixed", FAILED)}`,
    "human",
  ],
  [`From: <> ; Subject: x ; ${report("multipart/mixed", FAILED)}`, "bounce"],
  [`From: MAILER-DAEMON@mx.example ; Subject: x ; ${report("multipart/mixed", FAILED)}`, "bounce"],
  [`From: a@relay.example ; Subject: x ; ${report("multipart/report; report-type=delivery-status", FAILED)}`, "bounce"],
  // Bounces by sender and structure, in languages that no table has.
  [
    "From: Microsoft Outlook <MicrosoftExchange0123456789abcdef0123456789abcdef@x.example> ; Subject: Ekki afhent: Tilboð | Ekki tókst að afhenda jan@weg.example.",
    "bounce",
  ],
  ["From: <> ; Subject: ? | jan@weg.example", "bounce"],
  ["From: Mail Delivery System ; Subject: Ni dostavljeno | <jan@weg.example>: 550 5.1.1", "bounce"],
  [
    "From: postmaster@x.example ; Return-Path: <> ; Subject: Õnnetus | <jan@weg.example>: host mx said: 550 5.1.1",
    "bounce",
  ],
  ["From: Mail.Delivery.System@x.example ; Subject: Melding | jan@weg.example", "bounce"],
  [
    "From: postmaster@x.example ; Subject: Our filter | Your mails get a 550 5.7.1 here, could you change your SPF record?",
    "human",
  ],
  [`${MIA} ; Return-Path: <> ; Subject: Undeliverable parcel | The parcel could not be delivered to me.`, "human"],
  [
    `${MIA} ; Return-Path: <> ; Subject: Fwd: Undeliverable: Offer | It came back.\r\n\r\nMessage-ID: <a@b.example>\r\nSubject: Offer\r\nFrom: x@y.example\r\n550 5.1.1 unknown user`,
    "human",
  ],
  // Lists.
  ["From: a@b.example ; List-Id: <l.x.example> ; Precedence: bulk | Hello all.", "mailing_list"],
  [
    "From: a@b.example ; List-Id: <l.x.example> ; Precedence: list ; Auto-Submitted: auto-forwarded | Hello all.",
    "mailing_list",
  ],
  [
    "From: n@b.example ; List-Id: <l.x.example> ; Precedence: bulk ; List-Unsubscribe: <https://x.example/u> ; Feedback-ID: 1:2 | News.",
    "newsletter",
  ],
  ["From: a@b.example ; List-Id: <l.x.example> | Hello.", "human"],
  // Recalls and reactions.
  [`${MIA} ; Subject: Rappel : Notre commande | Ute Kern souhaite rappeler le message « Notre commande ».`, "receipt"],
  [`${MIA} ; Subject: Richiamo: Ordine | Ute Kern desidera richiamare il messaggio "Ordine".`, "receipt"],
  [`${MIA} ; Subject: Hello ; Content-Class: IPM.Outlook.Recall | x`, "receipt"],
  [`${MIA} ; Subject: Recall: pumps of series B | Please tell us which pumps you recall.`, "human"],
  [`${MIA} ; Subject: Rückruf: heute bitte | Rufen Sie mich wegen der Pumpen zurück.`, "human"],
  [
    `${MIA} ; Subject: Ute Kern hat auf Ihre Nachricht reagiert: Angebot ; Content-Type: text/plain; charset=utf-8 | Ute Kern hat auf Ihre Nachricht reagiert:\r\n❤️`,
    "receipt",
  ],
  [
    `${MIA} ; Subject: Re: Offer ; Content-Type: multipart/alternative; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\n(y)\r\n--b\r\nContent-Type: text/vnd.google.email-reaction+json\r\n\r\n{"emoji":"x","version":1}\r\n--b--`,
    "receipt",
  ],
  [`${MIA} ; Subject: Re: Offer ; Content-Type: text/plain; charset=utf-8 | 👍`, "human"],
  // What people write about absences, reminders, challenges and bounces, without any mark.
  [
    `${MIA} ; Subject: Absence : livraison du 12 mai | Bonjour, je serai absente le 12 mai. Merci de décaler la livraison.`,
    "human",
  ],
  [
    `${MIA} ; Subject: Abwesenheit: Termin | Ich bin nächste Woche nicht da und erst am 14. wieder im Haus. Bitte verschieben Sie die Montage.`,
    "human",
  ],
  [`${MIA} ; Subject: Afwezig: levering | Ik ben maandag weer terug. Graag de levering pas dan.`, "human"],
  [
    `${MIA} ; Subject: Out of office: your autoresponder ; In-Reply-To: <o@inlet.example> | Your system answers "I am out of the office until Monday". I'll be back in touch.`,
    "human",
  ],
  [
    `${MIA} ; Subject: Abwesenheit: Angebot | Ich bin bis Montag im Urlaub. Bitte wenden Sie sich an Karl.`,
    "out_of_office",
  ],
  [`${MIA} ; Subject: Booking ; X-Mailer: Vacation Rentals CRM 3 | Can we book the pump for May?`, "human"],
  [`${MIA} ; Subject: Hi ; X-Mailer: vacation 1.2.7 | Gone fishing.`, "auto_reply"],
  [
    `${MIA} ; Subject: Re: your filter ; In-Reply-To: <o@inlet.example> | We use Spam Arrest and I have whitelisted you now.`,
    "human",
  ],
  [
    `${MIA} ; Subject: Re: Offre ; In-Reply-To: <o@inlet.example> ; Return-Path: <> ; Content-Type: text/plain; charset=utf-8 | Cliquez ici afin que votre message soit délivré.`,
    "challenge",
  ],
  [
    `${MIA} ; Subject: Re: Offer ; In-Reply-To: <o@inlet.example> | I am protecting myself from junk mail. Click the link below so I can receive your emails: https://filter.example/x`,
    "challenge",
  ],
  [
    `${MIA} ; Subject: Re: Angebot ; In-Reply-To: <o@inlet.example> | Um Ihre Nachricht zuzustellen, klicken Sie bitte hier: https://filter.example/x`,
    "challenge",
  ],
  [`${MIA} ; Subject: Rappel: facture 4711 | La facture "facture 4711" n'est pas encore pay=C3=A9e.`, "human"],
  [`${MIA} ; Subject: Rappel : Visite | Bonjour,\r\n\r\nPetit rappel pour « Visite » : merci de confirmer.`, "human"],
  [
    `From: Mail Administrator Jim <jim@uni.example> ; Subject: Undeliverable newsletter | It could not be delivered to 3 of our users. Please remove anna@uni.example.`,
    "human",
  ],
  [
    `${MIA} ; Return-Path: <> ; Subject: Your address | I got this:\r\n\r\nThe message could not be delivered.\r\n\r\nFrom: mia@tin.example\r\nTo: sales@inlet.example\r\nSubject: Test\r\n\r\n550 5.1.1 user unknown`,
    "human",
  ],
  [
    `${MIA} ; Subject: Fwd: Mail delivery failed ; X-Failed-Recipients: sales@inlet.example | Look.\r\n\r\nThis message was created automatically by mail delivery software.`,
    "human",
  ],
  [
    `${MIA} ; Return-Path: <> ; Subject: You send us spam ; Content-Type: multipart/mixed; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nPlease look at this report and call me.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n--b--`,
    "human",
  ],
  [`${MIA} ; Return-Path: <> ; Subject: Fwd: Undelivered ; ${report("multipart/mixed", FAILED)}`, "human"],
  [`${MIA} ; Return-Path: <> ; Subject: Undelivered Mail ; ${report("multipart/mixed", FAILED)}`, "bounce"],
  [
    `${MIA} ; Subject: Re: Order ; In-Reply-To: <o@inlet.example> ; X-Auto-Response-Suppress: All ; Return-Path: <> | I am on vacation this week but the order is fine, go ahead.`,
    "human",
  ],
  [
    `${MIA} ; Subject: Re: Offer ; In-Reply-To: <o@inlet.example> ; Return-Path: <> | I am on vacation but have limited access to my email.`,
    "out_of_office",
  ],
  // Answers that came without a return path: holidays told of beside a decision are people's.
  [
    `${MIA} ; Subject: Re: Offer ; In-Reply-To: <o@inlet.example> ; Return-Path: <> | We take it, and I am out of the office until Monday, so call my mobile 0170 1234567.`,
    "human",
  ],
  [
    `${MIA} ; Subject: Re: Offer ; In-Reply-To: <o@inlet.example> ; Return-Path: <> | Estoy de vacaciones en agosto, entreguen en septiembre por favor.`,
    "human",
  ],
  [
    `${MIA} ; Subject: Re: Offer ; In-Reply-To: <o@inlet.example> ; Return-Path: <> | Ik ben op vakantie in week 30, lever graag in week 31.`,
    "human",
  ],
  [
    `${MIA} ; Subject: Re: Offer ; In-Reply-To: <o@inlet.example> ; Return-Path: <> | I am out of the office until Monday.`,
    "out_of_office",
  ],
  [
    `${MIA} ; Subject: Re: Offer ; In-Reply-To: <o@inlet.example> ; Return-Path: <> | Estoy de vacaciones hasta el 14 y respondo luego.`,
    "out_of_office",
  ],
  // Whose message came back: ours, or that of the one who writes.
  [
    `From: Posta <posta@x.example> ; Return-Path: <> ; Subject: Villa ; Content-Type: multipart/mixed; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nEkki afhent: jan@weg.example\r\n550 5.1.1 unknown\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: sales@inlet.example\r\nTo: jan@weg.example\r\nSubject: Offer\r\n\r\nOffer\r\n--b--`,
    "bounce",
  ],
  [
    `${MIA} ; Return-Path: <> ; Subject: Your mail ; Content-Type: multipart/mixed; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered to our new system. We take three.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: sales@inlet.example\r\nTo: mia@tin.example\r\nSubject: Offer\r\n\r\nOffer\r\n--b--`,
    "human",
  ],
  // Reports below words: of a bounce that came from us, of a gateway that wraps one, in any language.
  [`From: it@relay.example ; Return-Path: <> ; Subject: Ekki afhent ; ${report("multipart/mixed", FAILED)}`, "bounce"],
  [
    `${MIA} ; Return-Path: <> ; Subject: Emails to you fail ; ${report("multipart/mixed", FAILED.replace("a@b.example", "sales@inlet.example"))}`,
    "human",
  ],
  [
    `From: fbl@isp.example ; Return-Path: <> ; Subject: x ; Content-Type: multipart/mixed; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n--b--`,
    "complaint",
  ],
  [
    `${MIA} ; Return-Path: <> ; Subject: Read: Offer ; Content-Type: multipart/mixed; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nThis is a return receipt.\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: automatic-action/MDN-sent-automatically; displayed\r\n--b--`,
    "receipt",
  ],
  [
    `${MIA} ; Return-Path: <> ; Subject: Proof ; Content-Type: multipart/mixed; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nHere is the proof that you saw it.\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: automatic-action/MDN-sent-automatically; displayed\r\n--b--`,
    "human",
  ],
  [
    `${MIA} ; Subject: Read: contract 5 | I have read it, it was read by our lawyer.\r\nTo: whom it concerns\r\nSubject: contract 5\r\nFrom: us`,
    "human",
  ],
  // Bounces without a report and without a server's answer.
  [
    `From: Mail Router <router@firma.example> ; Return-Path: <> ; Subject: DELIVERY FAILURE: User jan not listed | Your message\r\n\r\n  Subject: Offer\r\n\r\nwas not delivered to:\r\n\r\n  jan@weg.example\r\n\r\nbecause:\r\n\r\n  User not listed`,
    "bounce",
  ],
  [
    `From: postmaster@qq.example ; Subject: 系统退信 ; Content-Type: text/plain; charset=utf-8 | 您的邮件被退回\r\n收件人：jan@weg.example\r\n退信原因：收件人邮件地址不存在`,
    "bounce",
  ],
  [
    `From: postmaster@naver.example ; Return-Path: <> ; Subject: [메일 발송 실패 안내] Offer ; Content-Type: text/plain; charset=utf-8 | 요청하신 메일의 발송에 실패했습니다.\r\n받는사람: jan@weg.example`,
    "bounce",
  ],
  // Read receipts that lost their report, reactions whose emoji is a picture.
  [`${MIA} ; Subject: Read: Offer ; X-MS-Exchange-Message-Class: REPORT.IPM.Note.IPNRN | It was read.`, "receipt"],
  [
    `${MIA} ; Subject: Gelesen: Angebot | Ihre Nachricht\r\n\r\n   An: Mia\r\n   Betreff: Angebot\r\n   Gesendet: Montag, 14:02\r\n\r\nwurde am Montag gelesen.`,
    "receipt",
  ],
  [`${MIA} ; Subject: Read: your offer | I read it and have two remarks: cheaper and faster.`, "human"],
  [`${MIA} ; Subject: Ute Kern reacted to your message | Ute Kern reacted to your message:`, "receipt"],
  [`${MIA} ; Subject: Please call me today | Please call me today`, "human"],
  // Calendars: a file below somebody's words, an answer whose method stands in the Content-Type only.
  [
    `${MIA} ; Subject: Visit ; Content-Type: multipart/mixed; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nPlease come on Tuesday, a file for your calendar is attached.\r\n--b\r\nContent-Type: text/calendar; name=i.ics\r\nContent-Disposition: attachment\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n--b--`,
    "human",
  ],
  [
    `${MIA} ; Subject: Zugesagt: Treffen ; Content-Type: text/calendar; method=REPLY | BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Treffen\r\nEND:VEVENT\r\nEND:VCALENDAR`,
    "calendar",
  ],
  // Lists and responders.
  [
    `${MIA} ; Subject: Hi ; Precedence: list ; List-Owner: <mailto:TALK-request@listserv.example> | Hello all.`,
    "mailing_list",
  ],
  [`${MIA} ; Subject: Re: Oferta ; Precedence: junk ; Return-Path: <> | Estoy de viaje.`, "auto_reply"],
])("%s", async (given, kind) => {
  expect(await decideKind(given)).toBe(kind);
});
