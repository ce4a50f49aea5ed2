/**
 * How mail programs and people say that they are out of office, by language. Prefixes are what programs put before the subject of an automatic
 * reply, always with a colon or alone; phrases are people's own words at the start of such a reply. None of them is proof by itself.
 */

/** What mail programs put before the subject of an automatic reply: Exchange and Outlook.com translate `Automatic reply`. */
const AUTOMATIC = [
  // en
  "automatic reply|auto[ -]?reply|automated reply|auto[ -]?response|automatic response|out of office auto-?reply",
  "vacation (?:reply|response|responder|message|notice)|away message",
  // de, fr
  "automatische antwort|autoantwort|abwesenheitsagent|réponse automatique|reponse automatique",
  // es, pt, it, ca, gl, ro
  "respuesta automática|respuesta automatica|resposta automática|resposta automatica|risposta automatica|resposta automàtica|răspuns automat",
  // nl, af, sv, da, nb, fi, is
  "automatisch antwoord|outomatiese antwoord|automatiskt svar|autosvar|automatisk svar|fraværsassistent|frånvaroassistent|automaattinen vastaus|sjálfvirkt svar",
  // pl, cs, sk, hu, hr, sr, sl
  "odpowiedź automatyczna|automatyczna odpowiedź|automatická odpověď|automatická odpoveď|automatikus válasz|automatski odgovor|аутоматски одговор|samodejni odgovor",
  // bg, ru, uk, et, lv, lt
  "автоматичен отговор|автоматический ответ|автоответ|автоматична відповідь|automaatvastus|automaatne vastus|automātiska atbilde|automatinis atsakymas",
  // el, tr, he, ar, fa
  "αυτόματη απάντηση|otomatik (?:yanıt|cevap)|תשובה אוטומטית|מענה אוטומטי|رد تلقائي|الرد التلقائي|پاسخ خودکار",
  // zh, ja, ko, th, vi, id, hi
  "自动答复|自动回复|自動回覆|自動答覆|自動応答|自動返信|자동 ?회신|자동 ?응답|ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ|trả lời tự động|balasan otomatis|jawapan automatik|स्वचालित उत्तर",
];

/** Words for being away that notices put there, and people as well: they ask about leave, or say that they are locked out. */
const ABSENCE = [
  // en, de, fr
  "out of (?:the )?office|on (?:annual )?leave|on vacation|on holiday|abwesenheitsnotiz|abwesenheit|abwesend|absence du bureau|absente? du bureau|absence",
  // es, pt, it
  "fuera de (?:la )?oficina|fora do escritório|ausência temporária|ausente(?: do escritório)?|ausencia|fuori (?:sede|ufficio)|assenza|assente",
  // nl, sv, da, nb, fi
  "afwezigheidsbericht|afwezigheid|afwezig|niet aanwezig|frånvaro|frånvarande|fravær|fraværende|ikke til stede|poissa(?:olo)?",
  // pl, cs, sk, hu, ru, uk, el, tr
  "nieobecność|mimo kancelář|mimo kancelárie|nepřítomnost|házon kívül|távollét|нет на месте|отсутствую|відсутність|εκτός γραφείου|απουσία|ofis dışında(?:yım)?",
  // ar, zh, ja, ko
  "خارج المكتب|不在办公室|不在辦公室|不在通知|不在のお知らせ|부재중",
];

/** First words of such replies. A weak sign: people write them by hand as well. */
const PHRASES = [
  "i am (currently |now )?(out of|away from) (the |my )?office",
  "i'?m (currently |now )?(out of|away from) (the |my )?office",
  "i (will be|am) (on (annual |maternity |parental |sick )?(leave|vacation|holiday|pto)|out of the office|traveling|travelling)",
  "thank you for your (e-?mail|message)[.,!] i (am|will be) (currently )?(out|away|on)",
  "ich bin (derzeit |zurzeit |momentan |aktuell |bis |vom )?.{0,40}(nicht (im (büro|haus)|erreichbar)|abwesend|im urlaub|außer haus)",
  "je suis (actuellement )?(absente?|en congés?|en vacances)",
  "je serai (absente?|de retour)",
  "estoy (actualmente )?(fuera de la oficina|ausente|de vacaciones)",
  "estaré (fuera de la oficina|ausente|de vacaciones)",
  "sono (attualmente )?(fuori (ufficio|sede)|assente|in ferie)",
  "sarò (assente|in ferie|fuori)",
  "estou (atualmente |de |em )?(fora do escritório|ausente|férias)",
  "ik ben (momenteel |op dit moment )?(afwezig|niet aanwezig|met vakantie|op vakantie|niet bereikbaar)",
  "jag är (för närvarande )?(inte på kontoret|på semester|bortrest|ledig|tjänstledig)",
  "jeg er (for tiden |i øjeblikket )?(ikke på kontoret|på ferie|fraværende)",
  "olen (tällä hetkellä )?(poissa|lomalla|vapaalla)",
  "jestem (obecnie )?(nieobecn[ya]|na urlopie|poza biurem)",
  "(momentálně |aktuálně )?(nejsem v kanceláři|jsem na dovolené|som na dovolenke|nie som v kancelárii)",
  "jelenleg (nem vagyok|házon kívül|szabadságon)",
  "(в настоящее время )?(я )?(нахожусь )?в отпуске",
  "меня нет (на месте|в офисе)",
  "şu anda (ofis dışındayım|izindeyim|yıllık izindeyim)",
  "(ただいま|現在).{0,20}(不在|休暇|外出)",
  "我(目前|现在|正在|將|将).{0,10}(不在办公室|休假|出差|不在辦公室)",
  "부재중(입니다|이오니|이며)",
  "ik ben (tot|t/m|van|vanaf) .{0,40}(niet op kantoor|afwezig|met vakantie)",
  "(do|od) .{0,40}(jsem|budu) (mimo kancelář|na dovolené)|(do|od) .{0,40}(som|budem) (mimo kancelárie|na dovolenke)",
  "(ig )?(házon kívül vagyok|nem vagyok az irodában|szabadságon vagyok)",
  "(sunt|voi fi) (plecată?|absentă?|în concediu) |nu sunt la birou",
  "мене немає (в офісі|на місці)|я (зараз )?(у|в) відпустці",
  "(λείπω|απουσιάζω) από το γραφείο|είμαι εκτός γραφείου|είμαι σε άδεια",
  "kadar (ofis dışındayım|ofiste değilim|izindeyim|yıllık izindeyim)",
  "אני (מחוץ למשרד|בחופשה|לא במשרד)|איני (במשרד|זמין)",
  "أنا (خارج المكتب|في إجازة|غير متواجد)",
  "我.{0,20}(不在办公室|不在辦公室|休假|出差).{0,20}(回来|返回|回來|期间|期間)",
  "まで(不在|休暇|留守)",
];

/** When somebody is back, or answers: in notices by the one who is away. */
const RETURNS = [
  "\\bi(?:'ll| will| shall| can| am going to|'m going to) (?:only |not )?(?:be able to )?(?:answer|reply|respond|be back|return|get back|be (?:available|reachable|in the office))",
  "\\bi(?: am|'m) (?:back|returning|away|unavailable|not available)|when i(?: am|'m) back|(?:when|until|upon) (?:i return|my return)|(?:limited|no) access to (?:my )?(?:e-?mails?|mail)",
  "bin (?:ich )?.{0,40}(?:wieder|zurück|nicht da)|melde mich .{0,40}(?:zurück|wieder|nach)|nach meiner rückkehr|(?:antworte|beantworte) (?:ich )?.{0,60}(?:am|ab|nach)\\b",
  "(?:je suis|serai) (?:.{0,20})?(?:de retour|absente?)|à mon retour|je (?:vous )?(?:répondrai|reviens|reviendrai)|de retour (?:le|lundi|mardi|mercredi|jeudi|vendredi)",
  "(?:vuelvo|volveré|regreso|regresaré|responderé|contestaré|estaré de vuelta|a mi (?:regreso|vuelta))",
  "(?:volto|voltarei|regresso|regressarei|retorno|retornarei|responderei|estarei de volta|no meu regresso)",
  "(?:torno|tornerò|rientro|rientrerò|risponderò|sarò di ritorno|al mio rientro)",
  "ik (?:ben|kom|zal) .{0,40}(?:terug|weer|antwoord)|(?:weer|terug) (?:aanwezig|bereikbaar|op kantoor)|beantwoord (?:ik )?.{0,60}(?:op|na|vanaf)\\b",
  "jag (?:är|svarar|återkommer) .{0,40}|(?:är|er) (?:tillbaka|tilbage|tilbake|åter)|jeg (?:er|svarer|vender) .{0,40}(?:tilbage|tilbake|igen|igjen|når)",
  "palaan|olen takaisin|vastaan (?:viestiisi|sinulle|viesteihin)",
  "wracam|wrócę|powrócę|będę (?:z powrotem|dostępn)|odpowiem|vrátím se|budu zpět|odpovím|vrátim sa|budem späť|odpoviem",
  "visszatér|(?:leszek|vagyok) .{0,20}(?:vissza|elérhető)|válaszolok|szabadságon vagyok|revin|mă întorc|voi (?:răspunde|reveni)",
  "vraćam se|vratit ću|odgovorit ću|vrnem se|odgovoril[a]? bom|вернусь|возвращаюсь|отвечу|повернусь|відповім|ще се върна|ще отговоря",
  "(?:geri )?döneceğim|dönüşümde|(?:yanıtlayacağım|cevaplayacağım)|επιστρέφω|θα επιστρέψω|θα (?:σας )?απαντήσω|είμαι εκτός",
  "戻ります|戻り次第|返信(?:いたします|します)|出社|休暇中|不在に|回来后|返回后|將於|将于|会尽快回复|回复您|복귀|돌아와서|돌아오는|회신(?:하겠|드리)",
  "سأعود|سأرد|عند عودتي|אחזור|אשוב|אענה|בחופשה|بازمی‌گردم",
  "quay lại|trở lại|đi vắng|akan (?:kembali|membalas)|sedang cuti|กลับมา|ลาพักร้อน|naasen|tagasi|vastan|atgriezīšos|atbildēšu|grįšiu|atsakysiu",
];

const END = "\\s*(?:[:：\\[(—–-]|$)";
const AUTOMATIC_SUBJECT = new RegExp(`^(${AUTOMATIC.join("|")})${END}`, "iu");
const ABSENCE_SUBJECT = new RegExp(`^(${ABSENCE.join("|")})${END}`, "iu");
const PHRASE = new RegExp(`^[^"“”„«»『「]{0,120}?(${PHRASES.join("|")})`, "iu");
const RETURN = new RegExp(RETURNS.join("|"), "iu");

export interface OutOfOfficeSubject {
  /** Written before the subject of the message that is answered. */
  readonly words: string;
  /** Words of a mail program, in place of words for being away that people write as well. */
  readonly automatic: boolean;
}

/** What a subject, without labels, begins with where that is how automatic replies begin. It alone is no proof: people ask about them. */
export function parseOutOfOfficeSubject(subject: string): OutOfOfficeSubject | null {
  const automatic = AUTOMATIC_SUBJECT.exec(subject)?.[1];
  if (automatic !== undefined) return { words: automatic.toLowerCase(), automatic: true };
  const absence = ABSENCE_SUBJECT.exec(subject)?.[1];
  return absence === undefined ? null : { words: absence.toLowerCase(), automatic: false };
}

/** Whether a text opens as a notice of absence does. `start`: its first 400 characters, spaces folded. */
export function opensAsOutOfOffice(start: string): boolean {
  return PHRASE.test(start.slice(0, 400));
}

/** Whether nothing but a greeting or thanks stands before the words of absence. */
export function opensAtOnce(start: string): boolean {
  const found = PHRASE.exec(start.slice(0, 400));
  const lead = found === null ? "" : found[0].slice(0, found[0].length - (found[1] ?? "").length);
  return /^(?:[^,.!:;。，！]{0,40}[,.!:;。，！]\s*){0,2}$/u.test(lead);
}

/** Whether a text says when its writer is back or answers. `start`: its first characters, spaces folded. */
export function saysReturn(start: string): boolean {
  return RETURN.test(start.slice(0, 400));
}
