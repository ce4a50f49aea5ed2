import { getWords } from "./base-subject.ts";

/**
 * Words that say nothing of what an email is about, by language: greetings, thanks, the kinds of business mail, and the small words between
 * them. A subject of only these is anybody's: two emails that share it share nothing.
 */
const GENERIC = new Set(
  getWords(
    [
      // en
      "hello hi hey dear good morning afternoon evening day greetings question questions query inquiry enquiry request requests info information",
      "help support urgent asap important reminder reply update follow up followup meeting call appointment invitation invite thanks thank you test",
      "testing mail email message contact form quote quotation offer proposal price prices pricing order invoice bill receipt payment document documents",
      "file files attachment attachments attached scan scanned image images photo photos fax new subject untitled no none empty quick short details",
      "a an the to for from of on in at and or about with my your our me us this that is it please regarding concerning re feedback problem issue",
      // de
      "hallo guten tag morgen abend grüße frage fragen anfrage anfragen auskunft hilfe dringend wichtig erinnerung termin besprechung einladung anruf",
      "danke vielen dank nachricht kontakt kontaktformular angebot angebote preis preise bestellung auftrag rechnung zahlung dokument dokumente datei anhang",
      "betreff kein keine ohne neu neue der die das ein eine zu zur zum für von im in und oder mit ihre ihr unsere bitte wegen bezüglich kurze problem",
      // fr
      "bonjour bonsoir salut demande renseignement renseignements informations aide important rappel rendez vous réunion appel merci devis offre prix",
      "commande facture paiement pièce pièces jointe jointes fichier sans objet nouveau nouvelle le la les un une de du des d l et ou pour avec votre notre sur",
      // es
      "hola buenos buenas días tardes pregunta consulta solicitud información ayuda urgente importante recordatorio reunión llamada gracias mensaje contacto",
      "presupuesto oferta precio precios pedido factura pago documento documentos archivo adjunto sin asunto nuevo nueva el los las una y para por con su",
      // it
      "ciao buongiorno buonasera salve domanda richiesta informazioni informazione aiuto promemoria riunione chiamata grazie messaggio contatto preventivo",
      "offerta prezzo prezzi ordine fattura pagamento documenti allegato nessun oggetto nuovo nuova il lo gli uno di del della per con e",
      // pt
      "olá oi bom boa dia tarde noite questão pedido informação ajuda lembrete reunião obrigado obrigada mensagem contato contacto orçamento proposta preço",
      "fatura pagamento arquivo anexo sem assunto novo nova o os as um uma do da para com",
      // nl
      "goedendag goedemorgen vraag vragen aanvraag informatie hulp belangrijk herinnering afspraak vergadering bedankt dank bericht offerte prijs bestelling",
      "factuur betaling bijlage bestand geen onderwerp nieuw nieuwe het een van voor met en uw",
      // sv, da, no, fi
      "hej hei goddag fråga frågor spørgsmål spørsmål förfrågan forespørsel hjälp hjælp hjelp brådskande viktigt möte møde møte tack tak takk meddelande besked",
      "offert tilbud tilbud pris beställning bestilling faktura betalning betaling inget ingen ämne emne ny nytt en ett et om till til och og för hei kysymys",
      "tarjous tarjouspyyntö tilaus lasku kiitos ei aihetta",
      // pl, cs
      "cześć witam dzień dobry pytanie zapytanie prośba informacja informacje pomoc pilne ważne przypomnienie spotkanie dziękuję wiadomość kontakt oferta",
      "cena cenę zamówienie faktura płatność załącznik bez tematu nowe o do w dobrý den dotaz poptávka žádost schůzka děkuji zpráva nabídka objednávka předmětu",
      // tr, ru, uk
      "merhaba soru bilgi talep teklif fiyat sipariş fatura teşekkürler toplantı konu yok",
      "здравствуйте привет добрый день вопрос запрос помощь срочно важно встреча спасибо письмо сообщение предложение цена заказ счет счёт документы",
      "без темы новое о по на для и привіт запит питання дякую рахунок замовлення теми",
      // zh, ja, ko: what stands without a space is one word
      "你好 您好 问题 問題 询价 詢價 咨询 諮詢 报价 報價 订单 訂單 发票 發票 谢谢 謝謝 合作 无主题 無主旨 没有主题 请问",
      "件名なし 無題 お問い合わせ お問合せ 問い合わせ 質問 ご質問 お世話になっております お見積り 見積依頼 見積もり ご連絡 ご相談 ありがとうございます こんにちは",
      "안녕하세요 문의 문의드립니다 질문 제목 없음 견적 견적요청 주문 감사합니다",
      // ar, he
      "مرحبا السلام عليكم سؤال طلب استفسار شكرا عاجل بدون عنوان שלום שאלה בקשה תודה דחוף הצעת מחיר חשבונית ללא נושא",
    ].join(" "),
  ),
);

/** Letters and digits that a subject needs; a letter of Chinese, Japanese or Korean says about as much as two. */
const FEWEST = 8;
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** Whether a base subject says so little that two emails of one sender may share it by chance: short, one plain word, or nothing but generic words. */
export function isGenericSubject(base: string): boolean {
  const words = getWords(base);
  const telling = words.filter((word) => !GENERIC.has(word));
  if (telling.length === 0) return true;
  const dense = base.match(DENSE)?.length ?? 0;
  const size = words.join("").length + dense;
  // "Invoice 4711" says which; a word alone, without a number, rarely does. Dense scripts write no spaces.
  const plain = words.length === 1 && dense === 0 && !/\p{N}/u.test(base);
  return size < FEWEST || plain;
}
