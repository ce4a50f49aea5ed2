import { expect, test } from "vitest";
import { takeBanner } from "./banner.ts";

const WORDS = "Hi team,\ncan you deliver on Friday already? Do not open the attachments of my last mail.\n\nNils";

/** What gateways put above the words, wrapped and unwrapped, with links, in many languages. */
const BANNERS = [
  "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender and know the content is safe.",
  "CAUTION: This email originated from outside of the\norganization. Do not click links or open attachments unless you\nrecognize the sender and know the content is safe.",
  "[EXTERNAL EMAIL]",
  "*** EXTERNAL ***",
  "External Email: Please use caution with links and attachments.",
  "[You don't often get email from nils@berg.example. Learn why this is important at https://aka.ms/LearnAboutSenderIdentification ]",
  "You don't often get email from nils@berg.example. Learn why this is important <https://aka.ms/LearnAboutSenderIdentification>",
  "Some people who received this message don't often get email from nils@berg.example. Learn why this is important <https://aka.ms/LearnAboutSenderIdentification>",
  "⚠ WARNING: This message came from outside the company. If it looks suspicious, report it to the IT department <https://report.example/?id=1>.",
  "----------\nThis email was sent from outside our organisation. Never share your password.\n----------",
  "ACHTUNG: Diese E-Mail kommt von außerhalb der Firma. Öffnen Sie keine Anhänge und Links von Unbekannten.",
  "Sie erhalten nicht oft E-Mails von nils@berg.example. Erfahren Sie, warum dies wichtig ist <https://aka.ms/LearnAboutSenderIdentification>",
  "Externe Nachricht: Vorsicht beim Klicken auf Links.",
  "ATTENTION : Ce courriel provient de l'extérieur de l'entreprise. Ne cliquez pas sur les liens et n'ouvrez pas les pièces jointes.",
  "Vous ne recevez pas souvent de courriers de la part de nils@berg.example. Découvrez pourquoi cela est important <https://aka.ms/x>",
  "Sie erhalten nicht oft eine E-Mail von nils@berg.example. Erfahren Sie, warum dies wichtig ist <https://aka.ms/x>",
  "[EXTERNE] Ce message provient d'un expéditeur externe. Soyez prudent.",
  "No suele recibir correo de nils@berg.example. Por qué esto es importante <https://aka.ms/x>",
  "Nie otrzymujesz często wiadomości od nils@berg.example. Dowiedz się, dlaczego jest to ważne <https://aka.ms/x>",
  "[EXTERN] Diese Nachricht wurde von einem externen Absender gesendet. Seien Sie vorsichtig.",
  "外部邮件：请谨慎点击链接。",
  "PRECAUCIÓN: Este correo procede de fuera de la organización. No haga clic en los enlaces ni abra los adjuntos.",
  "ATENÇÃO: Este e-mail veio de fora da empresa. Não clique em links nem abra anexos.",
  "ATTENZIONE: Questa e-mail proviene dall'esterno. Non cliccare sui collegamenti e non aprire gli allegati.",
  "LET OP: Deze e-mail komt van buiten de organisatie. Klik niet op koppelingen en open geen bijlagen.",
  "VARNING: Detta mejl kommer från en extern avsändare. Klicka inte på länkar.",
  "OBS: Denne mail kommer fra en ekstern afsender. Vær forsigtig med links og vedhæftede filer.",
  "VAROITUS: Tämä viesti on lähetetty organisaation ulkopuolelta. Älä avaa linkkejä.",
  "UWAGA: Ta wiadomość pochodzi spoza organizacji. Nie klikaj w łącza ani załączniki.",
  "POZOR: Tento e-mail byl odeslán mimo organizaci. Neklikejte na odkazy.",
  "POZOR: Tento e-mail pochází z vnější sítě. Neklikejte na odkazy.",
  "FIGYELEM: Ez a levél külső feladótól érkezett. Ne nyissa meg a csatolmányokat.",
  "ВНИМАНИЕ: Это письмо получено извне. Не открывайте вложения и ссылки.",
  "УВАГА: Цей лист надіслано ззовні. Не відкривайте вкладення.",
  "DİKKAT: Bu e-posta kurum dışından gönderilmiştir. Bağlantılara tıklamayın.",
  "注意：此邮件来自外部。请勿点击链接或打开附件。",
  "【注意】このメールは社外から送信されました。リンクや添付ファイルにご注意ください。",
  "POZOR: To sporočilo je poslal zunanji pošiljatelj. Ne odpirajte priponk.",
  "UPOZORENJE: Ovu poruku poslao je vanjski pošiljatelj. Ne otvarajte privitke.",
  "ATENCIÓ: Aquest correu prové d'un remitent extern. No feu clic als enllaços.",
  "DĖMESIO: Šis laiškas gautas iš išorinio siuntėjo. Neatidarykite priedų.",
  "VIÐVÖRUN: Þessi póstur kemur frá utanaðkomandi sendanda. Ekki smella á tengla.",
  "HOIATUS: See kiri on saadetud väliselt saatjalt. Ärge avage manuseid.",
  "ATENÇÃO: Este e-mail foi enviado por um remetente externo. Não clique em links.",
  "[외부 메일] 이 메일은 외부에서 발송되었습니다. 링크를 주의하세요.",
];

test.each(BANNERS)("k13: %j is a banner and no word of the sender's", (banner) => {
  const folded = banner.replace(/\s+/g, " ").trim();
  for (const text of [`${banner}\n\n${WORDS}`, `\n${banner}\n${WORDS}`]) {
    const taken = takeBanner(text);
    expect(taken.text).toBe(WORDS);
    expect(folded).toContain(taken.banner?.replace(/^[\s-]+|[\s-]+$/g, ""));
  }
});

test("two gateways in a row: both banners go", () => {
  const taken = takeBanner(`${BANNERS[5]}\n\n${BANNERS[0]}\n\n${WORDS}`);
  expect(taken).toEqual({ banner: `${BANNERS[5]} ${BANNERS[0]}`, text: WORDS });
});

/** People's words that speak of the same things. */
test.each([
  WORDS,
  "Caution: do not open the attachment of my last mail, it is the wrong one.\n\nAda",
  "External walls need painting: we would like an offer.\n\nAda",
  "We got an email that originated from outside our organization and says not to click links. Is it yours?\n\nAda",
  "Attention: the links in your offer do not work.\n\nAda",
  "Important: the external auditors will email you on Monday.\n\nAda",
  "Attention: an external expert will send the report. Please open the attachment then.\n\nAda",
  "Warning, I am new to this. Please click together an offer for 20 seats.\n\nAda",
  "Important: our order number changed, see the attachments.\n\nAda",
  "Achtung: Wir haben ab morgen eine neue Anschrift. Der Link steht unten.\n\nAda",
  "Hinweis: Ihre Anhänge kamen nicht an.\n\nAda",
  "Is this email from outside your company? It went to our junk folder.\n\nAda",
  "Sie erhalten nicht oft Post von uns, aber heute ist es so weit.\n\nAda",
  "Vous ne recevez pas souvent de mes nouvelles. Pouvez-vous livrer en mai ?\n\nAda",
  "My letter came from outside the EU, so customs opened it.\n\nAda",
])("%j is the sender's own", (text) => {
  expect(takeBanner(text)).toEqual({ banner: null, text });
});

test("a mail that is nothing but a banner keeps it", () => {
  const text = `${BANNERS[0]}\n`;
  expect(takeBanner(text)).toEqual({ banner: null, text });
});
