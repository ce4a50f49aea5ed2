import { describe, expect, test } from "vitest";
import { baseSubject } from "./base-subject.ts";
import { isGenericSubject } from "./generic-subjects.ts";
import { buildSubjectKey } from "./subject-key.ts";

describe("the base subject: what programs add is gone, what people wrote stays", () => {
  test.each<[what: string, subject: string | null, expected: string]>([
    ["none", null, ""],
    ["nothing but a prefix", "Re: ", ""],
    ["capitals and spaces", "  New   PUMP\tfor Kiel ", "new pump for kiel"],
    ["a reply", "Re: New pump", "new pump"],
    ["a reply without a space", "RE:New pump", "new pump"],
    ["replies of replies", "Re: Re: RE: New pump", "new pump"],
    ["a counted reply", "Re[4]: New pump", "new pump"],
    ["another counter", "Re^2: New pump", "new pump"],
    ["a forward of a reply", "Fwd: AW: New pump", "new pump"],
    ["a wrapped forward", "[Fwd: New pump]", "new pump"],
    ["a trailer", "New pump (fwd)", "new pump"],
    ["German", "WG: AW: Neue Pumpe", "neue pumpe"],
    ["Swedish, Norwegian, Danish", "SV: VB: Ny pump", "ny pump"],
    ["Finnish", "VS: VL: Uusi pumppu", "uusi pumppu"],
    ["Dutch", "Antw: Doorst: Nieuwe pomp", "nieuwe pomp"],
    ["French", "TR: RÉP : Nouvelle pompe", "nouvelle pompe"],
    ["Italian", "R: I: Nuova pompa", "nuova pompa"],
    ["Portuguese and Spanish", "RES: ENC: RV: Bomba nova", "bomba nova"],
    ["Polish", "Odp: PD: Nowa pompa", "nowa pompa"],
    ["Turkish, whose capital İ is two letters in lower case", "YNT: İLT: Yeni pompa", "yeni pompa"],
    ["Russian", "Отв: Новый насос", "новый насос"],
    ["Greek", "ΑΠ: ΣΧΕΤ: Νέα αντλία", "νέα αντλία"],
    ["Hebrew", "השב: משאבה חדשה", "משאבה חדשה"],
    ["Arabic", "رد: مضخة جديدة", "مضخة جديدة"],
    ["Chinese, with a full-width colon", "回复：转发：新的水泵", "新的水泵"],
    ["Japanese", "返信: 新しいポンプ", "新しいポンプ"],
    ["Korean", "회신: 새 펌프", "새 펌프"],
    ["a list's name", "[acme-users] Re: New pump", "new pump"],
    ["a gateway's label behind the reply", "Re: [EXTERNAL] New pump", "new pump"],
    ["a filter's mark", "***SPAM*** New pump", "new pump"],
    ["labels of gateways, in any order", "EXT: Re: [EXTERN] AW: {Spam?} New pump", "new pump"],
    ["a filter's mark with its score", "*****SPAM(5.3)***** [SPAM 7.1] New pump", "new pump"],
    ["a label in brackets and one with a colon", "(External) EXTERNAL EMAIL: New pump", "new pump"],
    ["a label in another language", "[Zewnętrzny] Externí: [外部邮件] New pump", "new pump"],
    ["a word that only looks like a label", "External walls: new pump", "external walls new pump"],
    ["Spam that is the matter", "Spam filter: new pump", "spam filter new pump"],
    ["Romanian, Indonesian", "RĂSP: BLS: New pump", "new pump"],
    ["a ticket's number is the matter itself", "[Ticket 4711] Status", "ticket 4711 status"],
    ["punctuation that came or went", "New pump – for Kiel!!", "new pump for kiel"],
    ["characters that show nothing", "New\u200B \u202Apump\u202C", "new pump"],
    ["a word that only looks like a prefix", "Reactor: new pump", "reactor new pump"],
    ["a number that is no counter", "RE 4711: pump", "re 4711 pump"],
  ])("%s", (_what, subject, expected) => expect(baseSubject(subject)).toBe(expected));

  test("of an endless subject its start counts", () => {
    expect(baseSubject(`${"Re: [x] ".repeat(200)}New pump ${"a".repeat(1_000_000)}`)).toMatch(/^new pump a{300,400}$/);
    expect(baseSubject("Re: ".repeat(1_000_000))).toBe("");
  });
});

describe("subjects that two emails may share by chance", () => {
  test.each([
    "",
    "(no subject)",
    "Hello",
    "Re: Hi",
    "Question",
    "A question about your offer",
    "Request for information",
    "Thank you!",
    "Invoice",
    "Your invoice",
    "Test email",
    "Pump",
    "A1",
    "Anfrage",
    "Vielen Dank",
    "Kein Betreff",
    "Ihr Angebot",
    "Bonjour",
    "Demande de devis",
    "Sans objet",
    "Buenos días",
    "Solicitud de presupuesto",
    "Nessun oggetto",
    "Richiesta preventivo",
    "Offerte aanvraag",
    "Dzień dobry",
    "Zapytanie o cenę",
    "Без темы",
    "Добрый день",
    "询价",
    "你好",
    "お問い合わせ",
    "문의드립니다",
    "שלום",
    "مرحبا",
    "🎉🎉🎉",
  ])("%j", (subject) => expect(isGenericSubject(baseSubject(subject))).toBe(true));
});

describe("subjects that say which matter it is", () => {
  test.each([
    "Pump P-300 leaks",
    "Invoice 2026-4711",
    "Offer for the Kiel harbour",
    "Order 4711",
    "Wärmepumpe für Kiel",
    "Question about pump P-300",
    "Devis pompe à chaleur",
    "Насос для завода",
    "新的水泵安装",
    "ポンプの見積もり依頼",
  ])("%j", (subject) => expect(isGenericSubject(baseSubject(subject))).toBe(false));
});

describe("the key of contact and subject", () => {
  type Email = Parameters<typeof buildSubjectKey>[0];
  const email: Email = {
    tenantId: "acme",
    contact: null,
    from: { name: "Ada", email: "ada@example.com" },
    replyTo: [],
    subject: "New pump for Kiel",
    auth: { spf: null, dkim: null, dmarc: null },
    classification: { kind: "human", reasons: [] },
  };
  const at = (address: string) => ({ name: null, email: address });
  const auth = (dmarc: string) => ({ spf: null, dkim: null, dmarc });
  const key = buildSubjectKey(email);

  test("holds neither address nor subject", () => expect(key).toMatch(/^sbj_[0-9a-f]{32}$/));

  test.each<[what: string, change: Partial<Email>]>([
    ["a reply", { subject: "AW: new pump for Kiel" }],
    ["another writing of the address", { from: at(" Ada@Example.COM") }],
    ["a Reply-To of the sender's own", { replyTo: [at("ADA@example.com")] }],
    ["a domain that vouches for it", { auth: auth("pass") }],
    ["a domain that says nothing", { auth: auth("none") }],
  ])("is the same of %s", (_what, change) => expect(buildSubjectKey({ ...email, ...change })).toBe(key));

  test.each<[what: string, change: Partial<Email>]>([
    ["another tenant", { tenantId: "other" }],
    ["another sender", { from: at("bob@example.com") }],
    ["another subject", { subject: "New pump for Bremen" }],
  ])("is another of %s", (_what, change) => {
    expect(buildSubjectKey({ ...email, ...change })).toMatch(/^sbj_/);
    expect(buildSubjectKey({ ...email, ...change })).not.toBe(key);
  });

  test.each<[what: string, change: Partial<Email>]>([
    ["without a sender", { from: null }],
    ["without a subject", { subject: null }],
    ["with a generic subject", { subject: "Re: Question" }],
    ["that its domain disowns (DMARC fail)", { auth: auth("fail") }],
    ["of a program", { classification: { kind: "no_reply", reasons: [] } }],
    ["of a list", { classification: { kind: "mailing_list", reasons: [] } }],
    ["of a form: the answer goes to somebody else", { replyTo: [at("visitor@example.org")] }],
  ])("is none of an email %s", (_what, change) => expect(buildSubjectKey({ ...email, ...change })).toBeNull());
});
