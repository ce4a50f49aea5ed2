import { firstValue } from "../header-fields.ts";
import { folded, subjectOf } from "./evidence.ts";
import type { Evidence } from "./evidence.ts";

/** What Outlook puts before the subject of a message that its sender wants back, by language. */
const RECALL =
  /^(?:recall|recalled|message recall(?: (?:success|failure|report))?|rückruf|zurückrufen|rappel|rappel de message|retirar|recuperar|recuperación|recuperação|anular|richiamo|richiama|intrekken|terugroepen|återkalla(?:nde)?|återkallning|tilbagekald(?:else)?|tilbakekall(?:ing)?|peruutus|peruuta|odwołanie|odwołaj|odvolání|stažení|odvolanie|visszahívás|rechemare|отзыв|відкликання|geri çağır(?:ma)?|ανάκληση|取り消し|リコール|回収|撤回|召回|회수|استرجاع|החזרה)\s?[:：]\s*(.{2,300})$/iu;
const RECALL_CLASS = /IPM\.Outlook\.Recall|IPM\.Recall\.Report/i;
/** Longest notice, characters. */
const NOTICE_CHARS = 600;
const ONLY_EMOJI =
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200D|\uFE0F|\u20E3|\p{Regional_Indicator}|\s){1,20}$/u;

/** A notice that somebody wants a message back: its class, or subject and a sentence that names the message in quotation marks. */
export function recallSigns(mail: Evidence): string[] {
  const classes = [
    "X-MS-Exchange-Message-Class",
    "X-Message-Class",
    "Content-Class",
    "X-MS-Exchange-Organization-Message-Class",
  ];
  if (classes.some((name) => RECALL_CLASS.test(firstValue(mail.fields, name) ?? ""))) return ["recall:class"];
  const recalled = RECALL.exec(subjectOf(mail))?.[1]?.trim();
  const words = folded(mail.words ?? mail.text ?? "", NOTICE_CHARS + 1);
  if (recalled === undefined || words.length > NOTICE_CHARS) return [];
  const quoted = [
    ...words.matchAll(/["“”„‟«»'‘’「『《]\s?([^"“”„‟«»「」『』《》]{2,300}?)\s?[.,]?["“”‟«»'’」』》]/gu),
  ].some(([, title]) => title === recalled);
  return quoted ? ["recall:subject", "text:recall"] : [];
}

/**
 * A reaction to a message of ours: Gmail's part of its own (its fallback text is Gmail's), or a sentence that the subject repeats above
 * nothing but an emoji, as Outlook sends it to those who cannot show one.
 */
export function reactionSigns(mail: Evidence): string[] {
  if (mail.parts.some(({ contentType }) => contentType === "text/vnd.google.email-reaction+json"))
    return ["reaction:part"];
  const lines = (mail.words ?? mail.text ?? "")
    .slice(0, NOTICE_CHARS)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const [sentence = "", emoji = ""] = lines;
  const said = sentence.replace(/[\s:.：。!]+$/u, "");
  // Several words, or a sentence of a script that puts no spaces between them.
  const isSentence = said.length >= 4 && /\s|[\u3040-\u30FF\u4E00-\u9FFF\uAC00-\uD7AF\u0E00-\u0E7F]/u.test(said);
  const repeats = isSentence && subjectOf(mail).startsWith(said);
  return repeats && ONLY_EMOJI.test(emoji) && lines.length <= 3 ? ["reaction:sentence"] : [];
}
