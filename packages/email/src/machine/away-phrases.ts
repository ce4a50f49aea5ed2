/**
 * How mail programs and people say that nobody is there, by language. Prefixes are what programs put before the subject of an automatic
 * reply, always with a colon or alone; phrases are people's own words at the start of such a reply.
 */

/** Subjects of automatic replies: Exchange and Outlook.com translate `Automatic reply`, older ones `Out of Office`. */
const PREFIXES = [
  // en
  "automatic reply",
  "auto reply",
  "auto-reply",
  "autoreply",
  "out of office autoreply",
  "out of office",
  "out of the office",
  "vacation reply",
  "vacation response",
  "vacation responder",
  // de
  "automatische antwort",
  "abwesenheitsnotiz",
  "abwesenheitsagent",
  "abwesend",
  // fr
  "réponse automatique",
  "absence du bureau",
  "absent du bureau",
  // es, pt, it, ca, gl
  "respuesta automática",
  "fuera de la oficina",
  "fuera de oficina",
  "resposta automática",
  "fora do escritório",
  "ausência temporária",
  "ausente do escritório",
  "risposta automatica",
  "fuori sede",
  "fuori ufficio",
  "resposta automàtica",
  // nl, af
  "automatisch antwoord",
  "afwezigheidsbericht",
  "afwezig",
  "niet aanwezig",
  // sv, da, nb, fi, is
  "automatiskt svar",
  "autosvar",
  "frånvaro",
  "automatisk svar",
  "fravær",
  "fraværsassistent",
  "ikke til stede",
  "automaattinen vastaus",
  "poissa",
  "sjálfvirkt svar",
  // pl, cs, sk, hu, ro, hr, sl, bg, ru, uk, et, lv, lt
  "odpowiedź automatyczna",
  "automatyczna odpowiedź",
  "nieobecność",
  "automatická odpověď",
  "mimo kancelář",
  "automatická odpoveď",
  "mimo kancelárie",
  "automatikus válasz",
  "házon kívül",
  "răspuns automat",
  "automatski odgovor",
  "samodejni odgovor",
  "автоматичен отговор",
  "автоматический ответ",
  "автоответ",
  "нет на месте",
  "автоматична відповідь",
  "automaatvastus",
  "automātiska atbilde",
  "automatinis atsakymas",
  // el, tr, he, ar, fa
  "αυτόματη απάντηση",
  "εκτός γραφείου",
  "otomatik yanıt",
  "otomatik cevap",
  "ofis dışında",
  "תשובה אוטומטית",
  "מענה אוטומטי",
  "رد تلقائي",
  "خارج المكتب",
  "پاسخ خودکار",
  // zh, ja, ko, th, vi, id, hi
  "自动答复",
  "自动回复",
  "自動回覆",
  "自動答覆",
  "不在办公室",
  "自動応答",
  "自動返信",
  "不在通知",
  "자동 회신",
  "자동 응답",
  "부재중",
  "ตอบกลับอัตโนมัติ",
  "การตอบกลับอัตโนมัติ",
  "trả lời tự động",
  "balasan otomatis",
  "स्वचालित उत्तर",
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
  "부재중(입니다|이오니)",
];

const PREFIX = new RegExp(`^\\s*(${PREFIXES.join("|")})\\s*(?:[:：\\[(—–-]|$)`, "iu");
const PHRASE = new RegExp(`^.{0,120}?(${PHRASES.join("|")})`, "iu");

/** Whether a subject is one that only programs write: its first words, then a colon or the end. `Re: Out of office` is a person's. */
export function isAwaySubject(subject: string): boolean {
  return PREFIX.test(subject);
}

/** Whether a text opens as a notice of absence does. `start`: its first 400 characters, spaces folded. */
export function opensAsAway(start: string): boolean {
  return PHRASE.test(start.slice(0, 400));
}
