/** How mail programs announce a quoted message, by language: `who/when … verb`. Plain words, so that matching is linear. */
const INTRODUCTIONS: readonly (readonly [start: string, verb: string])[] = [
  ["on ", "wrote"],
  ["am ", "schrieb"],
  ["le ", "écrit"],
  ["el ", "escribió"],
  ["il ", "scritto"],
  ["em ", "escreveu"],
  ["op ", "schreef"],
  ["den ", "skrev"],
  ["dnia ", "napisał"],
  ["w dniu ", "pisze"],
  ["w dniu ", "napisał"],
  ["pe ", "kirjoitti"],
];
/** Lines that end with these announce a quote whatever they begin with. */
const ENDINGS = ["のメッセージ:", "写道：", "写道:", "寫道：", "寫道:", "작성:", "wrote:", "schrieb:"];
const DIVIDER =
  /^\s{0,4}[-_]{2,20}\s{0,3}(original message|forwarded message|ursprüngliche nachricht|message d'origine|message transféré|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|original-nachricht|weitergeleitete nachricht)\s{0,3}[-_]{0,20}\s{0,4}$/i;
const OUTLOOK_FROM = /^\s{0,4}\*?(from|von|de|da|van|från|fra|od|lähettäjä)\s?:\*?\s/i;
const OUTLOOK_NEXT =
  /^\s{0,4}\*?(sent|date|to|gesendet|datum|an|envoyé|à|enviado|fecha|para|inviato|data|a|verzonden|aan|skickat|till|sendt|til|wysłano|do|lähetetty|subject|betreff|objet|asunto|oggetto|onderwerp)\s?:\*?\s/i;
const RULE = /^\s{0,4}_{20,40}\s{0,4}$/;

/**
 * The index of the first line that introduces a quoted message, or -1. Lines longer than 400 characters are never one.
 * Linear in the text: each line is looked at with its next two.
 */
export function quoteStart(lines: readonly string[]): number {
  return lines.findIndex((line, index) => introducesQuote(line, lines[index + 1] ?? "", lines[index + 2] ?? ""));
}

function introducesQuote(line: string, next: string, afterNext: string): boolean {
  if (line.length > 400 || line.trim() === "") return false;
  if (DIVIDER.test(line)) return true;
  if (OUTLOOK_FROM.test(line) && (OUTLOOK_NEXT.test(next) || OUTLOOK_NEXT.test(afterNext))) return true;
  if (RULE.test(line) && OUTLOOK_FROM.test(next)) return true;
  const one = line.trim().toLowerCase();
  // Mail programs wrap the introduction: join the next line where this one does not end it.
  const two = next.length > 400 || next.startsWith(">") ? one : `${one} ${next.trim().toLowerCase()}`;
  return [one, two].some((text) => {
    if (!text.endsWith(":") && !text.endsWith("：")) return false;
    if (INTRODUCTIONS.some(([start, verb]) => text.startsWith(start) && text.includes(verb))) return true;
    return text === one && /\d/.test(text) && ENDINGS.some((ending) => text.endsWith(ending));
  });
}
