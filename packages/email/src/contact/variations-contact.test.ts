import { CONTACT_REASONS, CONTACT_VIA } from "@inlet/schemas";
import type { NormalizedEvent } from "@inlet/schemas";
import { describe, expect, test } from "vitest";
import { DEFAULT_CONTACT_RULES } from "./contact-rules.ts";
import { normalize } from "../normalize.ts";
import type { NormalizeContext } from "../normalize.ts";
import { parseMime } from "../parse-mime.ts";
import { ownTenant } from "../../testing/own-tenant.ts";

/** Brothers of the cases. A line each: header fields, `|`, the text. */
async function readEvent(
  given: string,
  context: Partial<NormalizeContext> = {},
  dmarc?: string,
): Promise<NormalizedEvent> {
  const [header = "", text = ""] = given.split(" | ");
  const to = /^To:/im.test(header.replaceAll(" ; ", "\n")) ? "" : "To: sales@inlet.example\r\n";
  const result = await parseMime(Buffer.from(`${to}${header.split(" ; ").join("\r\n")}\r\n\r\n${text}\r\n`));
  if (!result.ok) throw new Error(result.fault.message);
  const auth = { ...result.email.auth, dmarc: dmarc ?? null };
  const event = normalize({ ...result.email, auth }, ownTenant(context));
  expect(Object.keys(CONTACT_VIA)).toContain(event.contact?.via);
  for (const reason of event.contact?.reasons ?? []) expect(Object.keys(CONTACT_REASONS)).toContain(reason);
  return event;
}

const NORA = "nora@lind.example";
const ADA = "From: Ada <ada@one.example>";
const LIST = "List-Id: <talk.lists.example> ; List-Post: <mailto:talk@lists.example>";
const RITA = "From: Rita <rita@inlet.example>";
const outlook = (from: string, sent: string, to: string, subject: string): string =>
  `${from}: Otto <otto@schule.example>\r\n${sent}: 18.03.2026 09:00\r\n${to}: Rita <rita@inlet.example>\r\n${subject}: Heaters\r\n\r\nTwelve heaters, please.`;

test.each([
  // Lists and groups that put themselves into From.
  [`From: Nora via Talk <talk@lists.example> ; Reply-To: Nora <${NORA}> ; ${LIST} | Hi`, NORA, "list"],
  [`From: Nora via Talk <talk@lists.example> ; Reply-To: ${NORA}, talk@lists.example ; ${LIST} | Hi`, NORA, "list"],
  [`From: Nora <nora=lind.example@lists.example> ; ${LIST} | Hi`, NORA, "list"],
  [
    `From: Talk <talk@lists.example> ; X-Original-From: Nora <${NORA}> ; X-BeenThere: talk@lists.example | Hi`,
    NORA,
    "list",
  ],
  [
    `From: 'Nora' via Support <support@inlet.example> ; X-Original-Sender: ${NORA} ; List-ID: <support.inlet.example> | Hi`,
    NORA,
    "group",
  ],
  // LISTSERV's address for a member; a group that its Mailing-List names.
  [
    `From: Nora <0000a1b2-dmarc-request@listserv.example> ; Reply-To: Nora <${NORA}> ; List-Post: <mailto:TALK@listserv.example> ; Precedence: list | Hi`,
    NORA,
    "list",
  ],
  // The Sender Rewriting Scheme in From itself; without an answer address anybody could have written it.
  [`From: SRS0=x7Kq=DL=lind.example=nora@forward.example ; Reply-To: Nora <${NORA}> | Hi`, NORA, "forwarder"],
  [
    `From: Nora <srs1=AbC1=one.example==x7Kq=DL=lind.example=nora@forward.example> ; Reply-To: ${NORA} | Hi`,
    NORA,
    "forwarder",
  ],
  [
    "From: SRS0=x7Kq=DL=lind.example=nora@forward.example | Hi",
    "SRS0=x7Kq=DL=lind.example=nora@forward.example",
    "from",
  ],
  [
    "From: SRS0=x7Kq=DL=lind.example=nora@forward.example ; Reply-To: bo@berg.example | Hi",
    "SRS0=x7Kq=DL=lind.example=nora@forward.example",
    "from",
  ],
  // The list names none, or several.
  [`From: Talk <talk@lists.example> ; ${LIST} | Hi`, "talk@lists.example", "from"],
  [`From: Talk <talk@lists.example> ; Reply-To: ${NORA}, bo@berg.example ; ${LIST} | Hi`, "talk@lists.example", "from"],
  // A member's post that the list left as it was; the member's own Reply-To is not the list's word.
  [`${ADA} ; Reply-To: ${NORA} ; ${LIST} | Hi`, "ada@one.example", "from"],
  // Forms.
  [`From: Shop <no-reply@shop.example> ; Reply-To: Nora <${NORA}> | Do you deliver?`, NORA, "form"],
  [`From: Webseite <kontaktformular@inlet.example> ; Reply-To: ${NORA} | Liefern Sie?`, NORA, "form"],
  [`From: crm@tool.example ; Auto-Submitted: auto-generated ; Reply-To: ${NORA} | Hello`, NORA, "form"],
  [`From: Shop <noreply@shop.example> ; Reply-To: noreply@other.example | Order 4711`, "noreply@shop.example", "from"],
  [`From: Shop <noreply@shop.example> ; Reply-To: help@mail.shop.example | Order 4711`, "noreply@shop.example", "from"],
  [`${ADA} ; Reply-To: ada.private@two.example | Hi`, "ada@one.example", "from"],
  [`${RITA} ; Reply-To: ${NORA} ; To: all@inlet.example | Hi`, "rita@inlet.example", "from"],
  [`From: Site <email@inlet.example> ; X-Mailer: PHPMailer 6.9.1 ; Reply-To: ${NORA} | Do you deliver?`, NORA, "form"],
  [`${ADA} ; X-Mailer: PHPMailer 6.9.1 ; Reply-To: ceo@bank.example | Pay`, "ada@one.example", "from"],
  // Forwarders.
  [
    `From: "${NORA}" <forwarder@fwd.example> ; Reply-To: ${NORA} ; X-Original-From: Nora <${NORA}> | Hi`,
    NORA,
    "forwarder",
  ],
  [
    `From: "nora at lind" <nora_at_lind_example_x7k2p9@hide.example> ; X-SimpleLogin-Original-From: Nora <${NORA}> | Hi`,
    NORA,
    "forwarder",
  ],
  [`From: n <alias+nora=lind.example@anon.example> ; X-AnonAddy-Original-Sender: ${NORA} | Hi`, NORA, "forwarder"],
  // Colleagues' forwards: programs and languages.
  [
    `${RITA} ; Subject: WG: Heaters | ${outlook("Von", "Gesendet", "An", "Betreff")}`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: TR: Heaters | Pour toi.\r\n\r\n${outlook("De", "Envoyé", "À", "Objet")}`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: RV: Heaters | ${outlook("De", "Enviado", "Para", "Asunto")}`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: Fwd: Heaters | Yours?\r\n\r\nBegin forwarded message:\r\n\r\n> From: Otto <otto@schule.example>\r\n> Subject: Heaters\r\n> Date: 18 March 2026 at 09:00\r\n> To: rita@inlet.example\r\n>\r\n> Twelve heaters, please.`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: Heaters | ---------- Forwarded message ---------\r\nFrom: *Otto* <otto@schule.example>\r\nDate: Mon, 16 Mar 2026 at 13:40\r\nSubject: Heaters\r\nTo: <rita@inlet.example>\r\n\r\nTwelve heaters, please.`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: FW: Heaters | ${outlook("From", "Sent", "To", "Subject").replace("<otto@schule.example>", "[mailto:otto@schule.example]")}`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: İLT: Heaters | ${outlook("Kimden", "Gönderildi", "Kime", "Konu")}`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: Redirecționat: Heaters | ${outlook("De la", "Trimis", "Către", "Subiect")}`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: Fwd: Heaters ; Content-Type: multipart/mixed; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nfyi\r\n--b\r\nContent-Type: application/octet-stream; name=Heaters.eml\r\n\r\nFrom: Otto <otto@schule.example>\r\nSubject: Heaters\r\n\r\nTwelve.\r\n--b--`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: [FW] Heaters | -----Original Message-----\r\n${outlook("From", "Sent", "To", "Subject")}`,
    "otto@schule.example",
    "colleague",
  ],
  [
    `${RITA} ; Subject: Fw: Heaters |    ----- Forwarded Message ----- From: Otto <otto@schule.example>To: Rita <rita@inlet.example>Sent: Monday, March 16, 2026 at 01:40:00 PM GMT+1Subject: Heaters\r\n Twelve.`,
    "otto@schule.example",
    "colleague",
  ],
  // No forward: an answer with a copy to us, another company's forward, a bounce, a forward without an address.
  [
    `${RITA} ; To: otto@schule.example ; Cc: sales@inlet.example ; Subject: RE: Heaters | 40 each.\r\n\r\n${outlook("From", "Sent", "To", "Subject")}`,
    "rita@inlet.example",
    "from",
  ],
  [`${ADA} ; Subject: FW: Heaters | ${outlook("From", "Sent", "To", "Subject")}`, "ada@one.example", "from"],
  [
    `${RITA} ; Subject: FW: Undeliverable | ${outlook("From", "Sent", "To", "Subject").replace("otto@schule.example", "mailer-daemon@mx.example")}`,
    "rita@inlet.example",
    "from",
  ],
  [
    `${RITA} ; Subject: FW: Heaters | ${outlook("From", "Sent", "To", "Subject").replace(" <otto@schule.example>", "")}`,
    "rita@inlet.example",
    "from",
  ],
])("who the contact is: %s", async (given, email, via) => {
  expect((await readEvent(given)).contact).toMatchObject({ email, via });
});

test("an attached customer's email: its author, its words", async () => {
  const inner = "From: Otto <otto@schule.example>\r\nSubject: Heaters\r\n\r\nTwelve heaters, please.";
  const given = `${RITA} ; Subject: FW: Heaters ; Content-Type: multipart/mixed; boundary=b | --b\r\nContent-Type: text/plain\r\n\r\nfyi\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--b--`;
  const event = await readEvent(given);
  expect(event.contact).toEqual({
    name: "Otto",
    email: "otto@schule.example",
    via: "colleague",
    reasons: ["from_is_own", "forwarded_attached"],
  });
  expect(event.replyText).toBe("Twelve heaters, please.");
});

describe("fields that anybody can write do not change the contact", () => {
  test.each([
    `${ADA} ; X-Original-From: ceo@bank.example | Pay`,
    `${ADA} ; X-Original-From: ceo@bank.example ; Reply-To: ceo@bank.example | Pay`,
    `From: "ceo@bank.example" <ada@one.example> ; X-Original-From: ceo@bank.example ; Reply-To: ceo@bank.example | Pay`,
    `${ADA} ; X-Original-Sender: ceo@bank.example ; List-Id: <talk.lists.example> | Pay`,
    `${ADA} ; X-SimpleLogin-Original-From: ceo@bank.example | Pay`,
  ])("%s", async (given) => {
    expect((await readEvent(given)).contact).toMatchObject({
      email: "ada@one.example",
      via: "from",
      reasons: ["from", "not_trusted"],
    });
  });

  test("nor does what DMARC says the list never sent", async () => {
    const given = `From: Nora via Talk <talk@lists.example> ; Reply-To: ${NORA} ; ${LIST} | Hi`;
    expect((await readEvent(given, {}, "fail")).contact?.reasons).toEqual(["from", "from_fails_dmarc"]);
    expect((await readEvent(given, {}, "pass")).contact?.email).toBe(NORA);
  });
});

test.each([
  ["list", `From: Nora via Talk <talk@lists.example> ; Reply-To: ${NORA} ; ${LIST} | Hi`, "talk@lists.example"],
  ["form", `From: Shop <noreply@shop.example> ; Reply-To: ${NORA} | Hi`, "noreply@shop.example"],
  ["colleague", `${RITA} ; Subject: FW: Heaters | ${outlook("From", "Sent", "To", "Subject")}`, "rita@inlet.example"],
])("contactFrom says From for %s", async (kind, given, email) => {
  const contactFrom = { ...DEFAULT_CONTACT_RULES.contactFrom, [kind]: "from" };
  const event = await readEvent(given, { contactRules: { contactFrom, formInBody: [] } });
  expect(event.contact).toMatchObject({ email, via: "from", reasons: ["from", "policy_from"] });
});

test.each([
  ["Name: Pia Holm\r\nEmail: pia@holm.example\r\nMessage: Do you deliver?", "Pia Holm", "pia@holm.example"],
  ["Nachname: Holm\r\nE-Mail-Adresse: pia@holm.example\r\n\r\nLiefern Sie?", null, "pia@holm.example"],
  ["Nom\r\nVotre nom: Pia Holm\r\nCourriel :\r\npia@holm.example", "Pia Holm", "pia@holm.example"],
  ["お名前：ホルム\r\nメールアドレス：pia@holm.example", "ホルム", "pia@holm.example"],
  ["Email: pia@holm.example\r\nEmail: bo@berg.example", null, "website@inlet.example"],
])("lines of a form name the customer where the mailbox's setting says so: %j", async (text, name, email) => {
  const given = `From: website@inlet.example ; Content-Type: text/plain; charset=utf-8 | ${text}`;
  const contactRules = { ...DEFAULT_CONTACT_RULES, formInBody: ["sales"] };
  expect((await readEvent(given, { contactRules })).contact).toMatchObject({ name, email });
  expect((await readEvent(given)).contact?.email).toBe("website@inlet.example");
});

test.each([
  "Mailing-list: list sales@inlet.example; contact sales+owners@inlet.example ; List-ID: <sales.inlet.example> ; Precedence: list",
  "List-ID: <sales.inlet.example> ; Precedence: list",
])("a group that only shares our mailbox leaves people's mail people's: %s", async (list) => {
  const event = await readEvent(
    `From: 'Nora' via Sales <sales@inlet.example> ; X-Original-Sender: ${NORA} ; ${list} | We need pumps.`,
  );
  expect(event.classification.kind).toBe("human");
  expect(event.contact?.email).toBe(NORA);
});
