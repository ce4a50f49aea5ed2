import { expect, test } from "vitest";
import { readReply } from "./read-reply.ts";

const from = { name: "Ada Okafor", email: "ada@northwind.example" };
const words = (text: string, sender: Parameters<typeof readReply>[1] = from): string => readReply(text, sender).words;

/** r1 to r6: attribution lines wrapped anywhere, with and without a colon, in many languages. */
test.each([
  'Am 21.04.2026 17:48 schrieb "Bo Berg" <bo.with.a.long.address@in.example\n>:',
  "On Tue, 21 Apr 2026 at 17:48, Bo Berg <bo.with.a.long.address@in.example\n> wrote:",
  "On Nov 21, 2026,\nat 10:18,\nBo Berg <bo@in.example> wrote:",
  "On Nov 21, 2026, at 10:18 AM,\nBo Berg\n<bo@in.example> wrote:",
  'Le 4 janv. 2026 19:03, "Bo Berg"\n<bo@in.example>\na écrit :',
  "Le mar. 21 avr. 2026 à 17:48,\nBo Berg <bo@in.example> a écrit :",
  "Den tis 21 apr. 2026 kl 17:48\nskrev Bo Berg\n<bo@in.example>:",
  "Den 21. apr. 2026 kl. 17.48 skrev Bo Berg\n<bo@in.example>:",
  "El mar, 21 abr 2026 a las 17:48,\nBo Berg (<bo@in.example>)\nescribió:",
  "Il giorno mar 21 apr 2026 alle ore 17:48\nBo Berg <bo@in.example>\nha scritto:",
  "Op di 21 apr. 2026 om 17:48 schreef\nBo Berg <bo@in.example>:",
  "W dniu 21.04.2026 o 17:48, Bo Berg\n<bo@in.example> pisze:",
  "Em ter., 21 de abr. de 2026 às 17:48, Bo Berg\n<bo@in.example>\nescreveu:",
])("%j above a marked quote goes with it", (attribution) => {
  for (const gap of ["\n\n", "\n"]) {
    expect(words(`This is my answer.\n\n${attribution}${gap}> our offer\n> is here\n`)).toBe("This is my answer.");
  }
});

test.each([
  "On Wed, 14 Nov 2026 08:14:43 -0200 Bo Berg <bo@in.example> wrote",
  "On 14 Nov 2026 at 08:14, Bo Berg <bo@in.example> wrote",
  "Le 14 nov. 2026 à 08:14, Bo Berg <bo@in.example> a écrit",
  "El 14 nov 2026 a las 08:14, Bo Berg <bo@in.example> escribió",
  "Am 21.04.2026 17:48 schrieb Bo Berg <bo@in.example>",
])("%j without its colon, above a quote without marks", (attribution) => {
  expect(words(`I am free on Monday.\n\n${attribution}\n\nWhen are you available?\n`)).toBe("I am free on Monday.");
});

/** r7: a program wrapped quoted lines without marking the rest. */
test.each([
  "> Ciao Bob, la nostra offerta vale fino alla fine del mese di dicem\nbre, vero?\n>\n> Saluti\n",
  "> Our offer stands until the end of the month, and so do the prices in\nit, as agreed\n> before. Regards\n",
  "> Unser Angebot gilt bis zum Ende des Monats, und die Preise darin auch bis\ndahin\n> Gruß\n",
])("a quote that wrapping broke is one: %j", (quote) => {
  expect(words(`My answer is above.\n\nOn Tue, 21 Apr 2026 at 17:48, Bo <bo@in.example> wrote:\n${quote}`)).toBe(
    "My answer is above.",
  );
});

/** k17: the header block on one line. */
test.each([
  "From: Sales <sales@inlet.example> Sent: Monday, 16 March 2026 14:02 To: Ada <ada@northwind.example> Subject: Offer",
  "Von: Sales <sales@inlet.example> Gesendet: Montag, 16. März 2026 14:02 An: Ada <ada@northwind.example> Betreff: Angebot",
  "Fra: Sales <sales@inlet.example> Sendt: 16. marts 2026 14:02 Til: Ada <ada@northwind.example> Emne: Tilbud",
  "De : Sales <sales@inlet.example> Envoyé : lundi 16 mars 2026 14:02 À : Ada <ada@northwind.example> Objet : Offre",
  "De: Sales <sales@inlet.example> Enviado: lunes, 16 de marzo de 2026 14:02 Para: Ada <ada@northwind.example> Asunto: Oferta",
  "Van: Sales <sales@inlet.example> Verzonden: maandag 16 maart 2026 14:02 Aan: Ada <ada@northwind.example> Onderwerp: Offerte",
  "Från: Sales <sales@inlet.example> Skickat: den 16 mars 2026 14:02 Till: Ada <ada@northwind.example> Ämne: Offert",
  "Da: Sales <sales@inlet.example> Inviato: lunedì 16 marzo 2026 14:02 A: Ada <ada@northwind.example> Oggetto: Offerta",
  "Od: Sales <sales@inlet.example> Wysłano: 16 marca 2026 14:02 Do: Ada <ada@northwind.example> Temat: Oferta",
  "-----Original Message----- From: Sales <sales@inlet.example> Sent: Monday, 16 March To: Ada Subject: Offer",
  "От: Sales <sales@inlet.example> Отправлено: 16 марта 2026 14:02 Кому: Ada <ada@northwind.example> Тема: Оферта",
])("%j begins the history", (header) => {
  expect(words(`Fine, we take both.\n\n${header}\n\nDear Ada, here is our offer.\n`)).toBe("Fine, we take both.");
});

test.each([
  "From: Hamburg To: Kiel When: Monday. Can you carry it?",
  "To: be or not to be, that is the question of the day: we take it.",
  "Our question: price? Our date: May? Subject: to change.",
])("%j is a sentence", (line) => {
  expect(words(`Hello,\n${line}\nThanks`)).toContain(line);
});

/** s3, s4: the sender's card without closing words. */
test.each<[card: string, sender: Parameters<typeof readReply>[1]]>([
  [
    "John E. Doe, Ph.D.\nPresident\nSample Research\njohn@example.com\nwww.example.com",
    { name: null, email: "john@example.com" },
  ],
  ["John Doe\nSample Research\nTel. +49 30 901820", { name: "John Doe", email: "office@example.com" }],
  ["Dr. Ada Okafor\nLeiterin Einkauf\nNorthwind GmbH\nTelefon: 030 901820\nwww.northwind.example", from],
  ["Ada M. Okafor\nHead of Accounting\nNorthwind\n12 Main Street, Springfield", from],
  ["Ada Okafor\nNorthwind\n+44 20 7946 0123", { name: null, email: "okafor@northwind.example" }],
])("the card %j is a signature", (card, sender) => {
  const reply = readReply(`Thanks for the survey, and we wish you the best of luck.\n\n${card}\n`, sender);
  expect(reply.words).toBe("Thanks for the survey, and we wish you the best of luck.");
  expect(reply.signature).toEqual(card.split("\n"));
});

test.each([
  "Please call our site manager:\n\nBo Berg\nSite 7\n+46 8 123 456",
  "Please send it to our partner.\n\nBo Berg\nBerg AB\nbo@berg.example",
  "We need three things.\n\nPumps\nPipes\nValves",
  "Two dates would suit us.\n\nAda Okafor\nMonday\nTuesday",
])("%j is no signature", (text) => {
  expect(words(text)).toBe(text);
});

/** Words below a quote: a sentence or a postscript is the writer's, a card or a notice is not. */
const TOP_POSTED = "We take three.\n\nOn Tue, 21 Apr 2026 at 17:48, Bo <bo@in.example> wrote:\n\n> How many?\n\n";
test.each(["Also hoses.", "PS: by May", "P.S. and hoses", "Bitte auch Schläuche!", "还要软管。"])(
  "%j below a quote stays",
  (below) => {
    expect(words(`${TOP_POSTED}${below}`)).toContain(below);
  },
);

test.each([
  "Ada Okafor\nNorthwind Ltd.\nwww.northwind.example",
  "This message is confidential and intended only for the\nintended recipient. If you are not the recipient, please delete\nit.",
  "You received this message because you are subscribed to the group.\nTo leave it, write to us.",
])("%j below a quote goes with it", (below) => {
  expect(words(`${TOP_POSTED}${below}`)).toBe("We take three.");
});

test.each(["The clause says:", "Your colleague wrote:", "Ihr Vertreter schrieb:"])(
  "%j above a quote in the middle is the writer's own",
  (line) => {
    expect(words(`${line}\n\n> Delivery by May\n\nCan you?`)).toContain(line);
  },
);

test("the links of groups.io are no words", () => {
  const footer =
    "-=-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links: You receive all messages sent to this group.\nView/Reply Online (#12): https://groups.io/g/talk/message/12\n-=-=-=-=-=-=-=-=-=-=-=-";
  expect(words(`We take three.\n\n\n${footer}`)).toBe("We take three.");
});

test("a word that a mailbox file escaped is the writer's", () => {
  expect(words("Hello,\n>From here on we take three.\nAda")).toContain("From here on we take three.");
  expect(words("Fine.\n\n>Hello,\n>From here on you take three.\n>Bo")).toBe("Fine.");
});
