import { answersAMessage } from "./detect-automatic.ts";
import type { AutomaticSigns } from "./detect-automatic.ts";
import { parseOutOfOfficeSubject, opensAsOutOfOffice, opensAtOnce, saysReturn } from "./out-of-office-phrases.ts";
import { asks, folded, isAnswerOrForward, getSubject } from "./evidence.ts";
import type { Evidence } from "./evidence.ts";

/** A notice of absence is short; a person who writes a long mail may begin it so. */
const NOTICE_CHARS = 1500;

/** One that nothing but its words and the missing return path betray is shorter still, and tells of now. */
const SILENT_CHARS = 600;
const PLANS =
  /\b(?:i(?:'ll| will) be|ich werde|ich bin ab|je serai|estaré|sarò|estarei|ik zal|jag kommer att|jeg vil)\b/iu;

/**
 * The signs of an out-of-office reply; null where they do not suffice. A subject alone never does, nor words alone: people ask about
 * absence and tell of their holidays. It takes one of
 * - a program's own mark (`certain`) and a subject or words of absence;
 * - such a subject, and words that say when somebody is back;
 * - such a subject on what answers a message of ours or carries a mark of the kind, and words that do not speak of the subject's;
 * - words of absence on what answers a message of ours and came without a return path.
 * Without a program's mark, words that ask make it a person's.
 */
export function detectOutOfOffice(mail: Evidence, { certain, weak }: AutomaticSigns): string[] | null {
  const subject = parseOutOfOfficeSubject(getSubject(mail));
  const words = mail.words ?? mail.text ?? "";
  const short = words.length <= NOTICE_CHARS;
  const start = folded(words, 400);
  const opens = short && opensAsOutOfOffice(start);
  const told = (away: boolean): string[] => [
    ...certain,
    ...(subject === null ? [] : ["subject:automatic_reply"]),
    ...weak,
    ...(away ? ["text:away"] : []),
  ];
  if (certain.length > 0) return subject !== null || opens ? told(opens) : null;
  if (!short || asks(mail)) return null;
  const answers = answersAMessage(mail) || isAnswerOrForward(mail);
  // Away, and yet deciding something.
  const decides = BUT.test(start) && !saysReturn(start) && !REFERRAL.test(words);
  const limited =
    weak.includes("x_auto_response_suppress") || saysReturn(start) || UNTIL.test(start) || REFERRAL.test(words);
  const notice = limited && !decides && !wantsSomething(words) && opensAtOnce(start);
  const quiet =
    notice && weak.includes("null_return_path") && answers && words.length <= SILENT_CHARS && !PLANS.test(start);
  if (subject === null) return opens && quiet ? told(true) : null;
  const hinted = weak.includes("x_auto_response_suppress") || weak.includes("null_return_path");
  if (!subject.automatic && !answers && !hinted && wantsSomething(words)) return null;
  if (opens) return told(true);
  // Somebody who writes about notices of absence names them.
  if (withoutArticles(start).includes(withoutArticles(subject.words))) return null;
  if (saysReturn(start)) return told(true);
  return subject.automatic && (answers || hinted) ? told(false) : null;
}

const UNTIL =
  /(?<!\p{L})(?:until|till?|through|bis|jusqu\p{L}*|hasta|fino|sino|até|tot|t\/m|til|asti|saakka|do|až|-ig|până|kuni|līdz|iki|до|μέχρι|έως|kadar|sampai|đến)(?!\p{L})|ig(?= )|まで|까지|至|到|עד|حتى/iu;
const BUT =
  /(?<!\p{L})(?:but|yet|aber|doch|mais|pero|ma|però|mas|maar|men|mutta|ale|jednak|но|але|ama|αλλά)(?!\p{L})|但|けど|ですが|하지만/iu;
const REQUEST =
  /(?<!\p{L})(?:please|bitte|merci (?:de|d')|veuillez|por favor|se ruega|per favore|per cortesia|graag|alstublieft|gelieve|vänligen|venligst|vennligst|proszę|prosím|kérem|kérjük|vă rog|molim|prosimo|пожалуйста|прошу|будь ласка|моля|παρακαλώ|lütfen|silakan|mohon|xin vui lòng|vui lòng)(?!\p{L})|お願い|ください|请|請|부탁|주세요|من فضلك|يرجى|בבקשה|נא /iu;
/** What a notice asks for: to take note, or to turn to somebody else. */
const REFERRAL =
  /@|\+?\d[\d ()/-]{6,}|contact|kontakt|konta[ck]t|wenden|adress|urgent|dringend|spoed|pilne|urgenc|urgente|beachten|\bnote\b|be (?:aware|advised|informed)|联系|聯繫|連絡|연락|обра(?:щайтесь|титесь)|звертай|επικοινων/iu;

/** Whether words ask for something that no notice asks for: people who are away move appointments. */
function wantsSomething(words: string): boolean {
  return REQUEST.test(words) && !REFERRAL.test(words);
}

function withoutArticles(text: string): string {
  return text.toLowerCase().replace(/\bthe /g, "");
}
