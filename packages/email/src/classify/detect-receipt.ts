import { firstValue } from "../headers/header-fields.ts";
import { folded, getSubject } from "./evidence.ts";
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
export function detectRecall(mail: Evidence): string[] {
  const classes = [
    "X-MS-Exchange-Message-Class",
    "X-Message-Class",
    "Content-Class",
    "X-MS-Exchange-Organization-Message-Class",
  ];
  if (classes.some((name) => RECALL_CLASS.test(firstValue(mail.fields, name) ?? ""))) return ["recall:class"];
  const recalled = RECALL.exec(getSubject(mail))?.[1]?.trim();
  const said = (mail.words ?? mail.text ?? "").trim();
  const words = folded(said, NOTICE_CHARS + 1);
  // A notice is one sentence without a greeting; people remind (`Rappel :`) as well.
  if (recalled === undefined || words.length > NOTICE_CHARS || /\n[ \t]*\n/.test(said)) return [];
  if (/^rappel(?: de message)?\s?:/i.test(getSubject(mail)) && !/\brappeler\b/i.test(words)) return [];
  const quoted = [
    ...words.matchAll(/["“”„‟«»'‘’「『《]\s?([^"“”„‟«»「」『』《》]{2,300}?)\s?[.,]?["“”‟«»'’」』》]/gu),
  ].some(([, title]) => title === recalled);
  return quoted ? ["recall:subject", "text:recall"] : [];
}

/**
 * A reaction to a message of ours: Gmail's part of its own (its fallback text is Gmail's), or a sentence that the subject repeats above
 * nothing but an emoji, as Outlook sends it to those who cannot show one.
 */
export function detectReaction(mail: Evidence): string[] {
  if (mail.parts.some(({ contentType }) => contentType === "text/vnd.google.email-reaction+json"))
    return ["reaction:part"];
  const lines = (mail.words ?? mail.text ?? "")
    .slice(0, NOTICE_CHARS)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const [sentence = "", emoji = ""] = lines;
  const said = sentence.replace(/(?<![\s:.：。!])[\s:.：。!]+$/u, "");
  // Several words, or a sentence of a script that puts no spaces between them.
  const isSentence = said.length >= 4 && /\s|[\u3040-\u30FF\u4E00-\u9FFF\uAC00-\uD7AF\u0E00-\u0E7F]/u.test(said);
  const repeats = isSentence && getSubject(mail).startsWith(said);
  const told = ONLY_EMOJI.test(emoji) || (emoji === "" && REACTED.test(said));
  return repeats && told && lines.length <= 3 ? ["reaction:sentence"] : [];
}

/** Where the emoji is a picture, only the sentence is left. */
const REACTED =
  /reacted to your message|auf ihre nachricht reagiert|a réagi à votre message|(?:ha )?reaccion(?:ó|ado) a (?:su|tu) mensaje|ha reagito al (?:tuo|suo) messaggio|reagiu à (?:sua )?mensagem|heeft gereageerd op uw bericht|reagerade på ditt meddelande|har reageret på din|zareagował/iu;

const RECEIPT_CLASS = /^REPORT\.IPM\.(?:.{1,60}\.)?(?:IPNRN|IPNNRN|DR)$/i;
/** `Read: Offer`: words in front of the title. */
const TITLED = /^[\p{L}\p{M} ]{2,40}\s?[:：]\s*(.{1,300})$/u;
export const WAS_READ =
  /\bwas (?:read|displayed|deleted without being read)\b|\bwurde (?:am .{0,60})?(?:gelesen|angezeigt|ungelesen gelöscht|ohne gelesen zu werden)|\ba été (?:lu|affiché|supprimé sans être lu)|\bse (?:leyó|mostró|eliminó sin leer)|\bfue leído|\bè stato (?:letto|visualizzato|eliminato senza)|\bfoi (?:lida|lido|exibida|excluída sem)|\bis (?:gelezen|weergegeven|ongelezen verwijderd)|\b(?:lästes|har lästs|visades)\b|\bblev læst|\bble lest|\bluettiin\b|\bzostał[ao]? (?:przeczytan|wyświetlon|usunięt)|\bbyl[ao]? přečten|\bbol[ao]? prečítan|\belolvas|\ba fost citit|было? прочитано|прочитан[оа]? |було прочитано|διαβάστηκε|okundu|開封|已(?:被)?(?:阅读|閱讀|读|讀)|읽었|읽음/iu;

/**
 * Read receipts of Exchange and Outlook that lost their report (RFC 8098): the class, or a short text that lists the message with the very title
 * that stands behind the subject's first words, and says that it was read.
 */
export function detectReceipt(mail: Evidence): string[] {
  if (
    ["X-MS-Exchange-Message-Class", "X-Message-Class"].some((name) =>
      RECEIPT_CLASS.test(firstValue(mail.fields, name) ?? ""),
    )
  )
    return ["receipt:class"];
  const title = TITLED.exec(getSubject(mail))?.[1]?.trim();
  const text = (mail.text ?? "").slice(0, NOTICE_CHARS + 1);
  if (title === undefined || text.length > NOTICE_CHARS || !WAS_READ.test(text)) return [];
  const listed = text.split("\n").filter((line) => /^\s*[\p{L}\p{M} ]{1,30}\s?[:：]\s*\S/u.test(line));
  // The list, then what became of it.
  if (text.search(WAS_READ) < text.lastIndexOf(listed.at(-1) ?? "")) return [];
  const lists = listed.some((line) => line.slice(line.search(/[:：]/) + 1).trim() === title);
  return lists && listed.length >= 3 && !/[?？]/.test(text.replaceAll(title, "")) ? ["receipt:text"] : [];
}
