import { CUTS } from "./limits.ts";
import { quoteStart } from "./quote-headers.ts";

/** Words that close a letter; what follows is the signature. */
const CLOSING =
  /^(kind |best |warm |many |with |mit )?(regards|best|cheers|thanks|thank you|sincerely|freundlichen grüßen|freundlichen grüssen|viele grüße|beste grüße|grüße|cordialement|bien à vous|saludos|un saludo|cordiali saluti|saluti|met vriendelijke groet|groeten|atenciosamente|vänliga hälsningar|pozdrawiam)[,.!]?$/i;
const PHONE = /(?<![\w@+])(?:\+|00)?\(?\d[\d ().\u00A0/-]{5,22}\d(?!\w)/g;
/** Lines of a signature that are looked at. */
const LINES = 12;

/**
 * Name and phones of the sender's signature (UN5, simple): the lines after `-- ` or after a closing word. Phones with a
 * country code come as E.164, others as written. Null where no signature shows. Linear.
 */
export function signatureOf(text: string | null): { name: string | null; phones: string[] } | null {
  if (text === null) return null;
  const lines = text.slice(0, CUTS.replyChars).split("\n");
  const quote = quoteStart(lines);
  const own = (quote > 0 ? lines.slice(0, quote) : lines).filter((line) => !line.startsWith(">"));
  const block = signatureLines(own);
  if (block === null) return null;
  const phones = [...new Set(block.filter((line) => line.length <= 200).flatMap(phonesIn))];
  const name = block.find(isName)?.trim() ?? null;
  return name === null && phones.length === 0 ? null : { name, phones };
}

/**
 * Index of the closing words that a signature follows (`Best regards`, then a name), or -1. Without a name behind it a
 * "Thanks" is a word of the letter.
 */
export function closingLine(lines: readonly string[]): number {
  const index = lines.findLastIndex((line) => line.length < 60 && CLOSING.test(line.trim()));
  const next = lines.slice(index + 1, index + 3).find((line) => line.trim() !== "");
  return index > 0 && next !== undefined && isName(next) ? index : -1;
}

function signatureLines(lines: readonly string[]): string[] | null {
  const delimiter = lines.findIndex((line) => /^-- ?$/.test(line));
  const start = delimiter === -1 ? closingLine(lines) : delimiter;
  if (start === -1) return null;
  const block = lines
    .slice(start + 1, start + 1 + LINES)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return block.length === 0 ? null : block;
}

/** Two to four words that begin with a capital, no digits; scripts without capitals: two to twelve letters. */
function isName(line: string): boolean {
  const text = line.trim();
  if (text.length > 60 || CLOSING.test(text)) return false;
  if (/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul} ]{2,12}$/u.test(text)) return true;
  return /^\p{Lu}[\p{L}.'’-]*( (?:\p{Lu}[\p{L}.'’-]*|de|van|von|der|den|da|di|la|al|bin)){1,4}$/u.test(text);
}

function phonesIn(line: string): string[] {
  return [...line.matchAll(PHONE)].flatMap(([found]) => {
    const digits = found.replace(/\D/g, "");
    if (digits.length < 7 || digits.length > 17 || /\d{4}-\d{2}-\d{2}/.test(found)) return [];
    // `+44 (0)20 …`: the national prefix is not part of E.164.
    if (found.startsWith("+")) return [`+${found.replace("(0)", "").replace(/\D/g, "")}`];
    return found.startsWith("00") ? [`+${digits.slice(2)}`] : [found.replace(/\s+/g, " ").trim()];
  });
}
