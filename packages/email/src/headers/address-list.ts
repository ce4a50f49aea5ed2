import { commentEnd, quoteEnd } from "./address-delimiters.ts";
import { encodedWordAt } from "./encoded-words.ts";

/** One entry of an address header: the display name with its encoded words kept, and the address as far as it can be told. */
export interface AddressEntry {
  readonly name: string;
  readonly address: string;
}

/** A word of an entry: as it stands, as it is shown (quotes taken away), and whether a blank stands before it. */
interface Word {
  readonly raw: string;
  readonly shown: string;
  readonly apart: boolean;
}

/** Names cut at a comma (`Doe, John, PhD <j@x>`) have a few pieces; a list of bare words is no name. */
const MAX_NAME_PIECES = 4;

/**
 * Reads an address list (RFC 5322 3.4 with the obsolete forms of 4.4) as real mail has it: groups flattened, comments and
 * routes taken away, commas without quotes inside of names, brackets missing, blanks around `@`, `;` between addresses.
 * Encoded words are opaque: nothing inside of one is ever an address; `opaqueWords` false reads them as readers do that do not know
 * them. Linear.
 */
export function readAddressList(value: string, { opaqueWords = true } = {}): AddressEntry[] {
  const entries: AddressEntry[] = [];
  let words: Word[] = [];
  let comments: string[] = [];
  let angles: string[] = [];
  let carried: string[] = [];
  let apart = true;
  let commentsEnd = true;
  let quotesEnd = true;
  const end = (separator: string): void => {
    const found = toEntries(words, comments, angles, carried);
    const phrase = shownText(words);
    const isPiece =
      found.length === 0 &&
      angles.length === 0 &&
      separator === "," &&
      phrase !== "" &&
      carried.length < MAX_NAME_PIECES;
    carried = isPiece ? [...carried, phrase] : [];
    entries.push(...found);
    words = [];
    comments = [];
    angles = [];
  };
  const add = (raw: string, shown: string): void => {
    words.push({ raw, shown, apart });
    apart = false;
  };
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string;
    const encoded = opaqueWords && char === "=" ? encodedWordAt(value, at) : null;
    const opens = (char === '"' && quotesEnd) || (char === "(" && commentsEnd);
    const close = !opens ? -1 : char === '"' ? quoteEnd(value, at) : commentEnd(value, at);
    if (encoded !== null) {
      add(value.slice(at, encoded.end), value.slice(at, encoded.end));
      at = encoded.end - 1;
    } else if (char === '"') {
      if (close === -1) quotesEnd = false;
      else add(value.slice(at, close + 1), unescaped(value.slice(at + 1, close)));
      at = Math.max(at, close);
    } else if (char === "(" && close !== -1) {
      comments.push(unescaped(value.slice(at + 1, close)));
      at = close;
    } else if (char === "<") {
      const behind = angleEnd(value, at + 1, quotesEnd);
      angles.push(value.slice(at + 1, behind));
      at = value[behind] === ">" ? behind : behind - 1;
      apart = true;
    } else if (char === "," || char === ";") end(char);
    else if (char === ":" && angles.length === 0 && !words.some(({ raw }) => raw.includes("@"))) {
      // The name of a group, or `mailto`.
      words = [];
      comments = [];
      carried = [];
    } else if (/\s/.test(char)) apart = true;
    else if (char === "(") commentsEnd = false;
    else if (char !== ">") {
      const word = /[^\s"(<,;:>=]+|=/y;
      word.lastIndex = at;
      const text = word.exec(value)?.[0] ?? char;
      add(text, text);
      at += text.length - 1;
    }
  }
  end("");
  return entries;
}

function toEntries(
  words: readonly Word[],
  comments: readonly string[],
  angles: readonly string[],
  carried: readonly string[],
): AddressEntry[] {
  const comment = comments.join(" ");
  const address = angles.map(bareAddress).find((text) => text.includes("@"));
  if (address !== undefined) {
    const phrase = shownText(words);
    return [{ name: [...carried, ...(phrase === "" ? [] : [phrase])].join(", ") || comment, address }];
  }
  const units = glued(words);
  const found = units.filter(({ raw }) => looksLikeAddress(raw));
  const others = units.filter(({ raw }) => !looksLikeAddress(raw));
  if (found.length === 0) {
    // A whole address in quotes.
    const quoted = shownText(words);
    return looksLikeAddress(quoted) ? [{ name: comment, address: bareAddress(quoted) }] : [];
  }
  if (others.length === 0) return found.map(({ raw }) => ({ name: comment, address: bareAddress(raw) }));
  const last = found.at(-1) as Word;
  return [{ name: shownText(others) || comment, address: bareAddress(last.raw) }];
}

/** Words that make one address: those without blanks between, and those around `@` and the dots of a domain. */
function glued(words: readonly Word[]): Word[] {
  const units: Word[][] = [];
  let hasAt = false;
  for (const word of words) {
    const unit = units.at(-1);
    const before = unit?.at(-1)?.raw ?? "";
    const atSign = before.endsWith("@") || word.raw.startsWith("@");
    const dot: boolean = hasAt && (before.endsWith(".") || word.raw.startsWith("."));
    const joins: boolean = unit !== undefined && (!word.apart || atSign || dot);
    hasAt = (joins && hasAt) || word.raw.includes("@");
    if (joins) unit?.push(word);
    else units.push([word]);
  }
  return units.map((unit) => ({
    raw: unit.map(({ raw }) => raw).join(""),
    shown: unit.map(({ shown }) => shown).join(""),
    apart: unit[0]?.apart ?? false,
  }));
}

function looksLikeAddress(raw: string): boolean {
  const at = raw.lastIndexOf("@");
  return at > 0 && at < raw.length - 1 && !raw.endsWith('"') && !raw.startsWith("=?");
}

/** Without route, comments, blanks and `mailto:`; what is quoted stays. */
function bareAddress(text: string): string {
  const parts = text.split(/("(?:[^"\\]|\\.){0,400}")/);
  // Blanks around `@` and dots are the obsolete form (RFC 5322 4.4); among words they make an address that does not exist, when left out.
  if (parts.some((part, index) => index % 2 === 0 && hasBlankAmongWords(part))) return "";
  const bare = parts
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\([^()]*\)/g, "").replace(/[\s<>]+/g, "")))
    .join("")
    .replace(/^@[^:]*:/, "")
    .replace(/^mailto:/i, "");
  // Quotes that nothing needs say the same without (RFC 5321 4.1.2).
  return bare
    .replace(/(?<![.,;:])[.,;:]+$/, "")
    .replace(/^"([^\s"\\@,;:<>()[\].]+(?:\.[^\s"\\@,;:<>()[\].]+)*)"(?=@)/, "$1");
}

function hasBlankAmongWords(part: string): boolean {
  return /[^\s@.<>():;,]\s+[^\s@.<>():;,]/.test(part.replace(/\([^()]*\)/g, " . "));
}

function shownText(words: readonly Word[]): string {
  return words
    .map(({ shown, apart }, index) => (apart && index > 0 ? ` ${shown}` : shown))
    .join("")
    .trim();
}

/** Index of the `>`; or of what ends an address whose `>` is missing. */
function angleEnd(value: string, from: number, quotesEnd: boolean): number {
  const route = value
    .slice(from, from + 100)
    .trimStart()
    .startsWith("@");
  let [blank, quotes] = [true, quotesEnd];
  for (let at = from; at < value.length; at++) {
    const char = value[at] as string;
    if (char === '"' && quotes) {
      const close = quoteEnd(value, at);
      quotes = close !== -1;
      at = Math.max(at, close);
    } else if (char === ">" || char === ";" || (char === "<" && !blank) || (char === "," && !route)) return at;
    if (char !== "<" && !/\s/.test(char)) blank = false;
  }
  return value.length;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}
