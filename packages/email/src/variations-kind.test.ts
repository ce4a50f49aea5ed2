import { expect, test } from "vitest";
import { parseMime } from "./parse-mime.ts";

/** Brothers of the cases: other languages, other programs. A line each: header fields, `|`, the text. */
async function kindOf(given: string): Promise<string> {
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
])("%s", async (given, kind) => {
  expect(await kindOf(given)).toBe(kind);
});
