import iconv from "iconv-lite";

/**
 * How bytes of a charset are decoded: by iconv-lite's name, or by the escape sequences of ISO 2022 and HZ.
 * `guess` names no charset (`us-ascii`, `unknown-8bit`, `x-user-defined`): its bytes are judged by themselves.
 */
export type Charset =
  | { readonly kind: "table"; readonly name: string }
  | { readonly kind: "utf8" | "utf7" | "iso2022" | "hz" | "guess" };

const UTF8: Charset = { kind: "utf8" };
const GUESS: Charset = { kind: "guess" };
const ISO2022: Charset = { kind: "iso2022" };

/**
 * Names without punctuation → iconv-lite's. Each is the superset that senders mean by it (WHATWG Encoding Standard 4.2):
 * GB 2312 is GB 18030, Latin-1 is windows-1252, KS C 5601 is windows-949, TIS-620 is windows-874.
 */
const TABLES: readonly (readonly [RegExp, string])[] = [
  [/^(?:cs)?(?:x?gbk?|gb2312(?:80)?|gb231280|euccn|chinese|isoir58|iso58gb231280|gb18030|cp936|ms936)$/, "gb18030"],
  [/^(?:cs|cn|x|xx)?big5(?:hkscs|eten|tw)?$|^(?:cp|ms)950$|^xmacchinesetrad$/, "big5"],
  [/^(?:cs)?(?:ksc?c?5601(?:19\d\d)?|ksx1001|korean|euckr|isoir149|uhc|ms949|cp949|xmackorean)$/, "cp949"],
  [/^(?:cs|x)?(?:shiftjis|sjis|mskanji|ms932|cp932|cp943|shift|windows31j|macjapanese)$/, "shiftjis"],
  [/^(?:cs|x)?(?:eucjp|ujis|eucpkdfmtjapanese|cp51932)$/, "eucjp"],
  [/^(?:cs)?(?:iso)?(?:8859|latin)1(?:1987)?$|^(?:l1|isoir100|cp819|iso88591windows31latin1|ansi)$/, "windows1252"],
  [/^(?:cs)?(?:iso88595(?:1988)?|isolatincyrillic|cyrillic|isoir144)$/, "iso88595"],
  [/^(?:cs)?(?:iso88596[ei]?(?:1987)?|isolatinarabic|arabic|asmo708|ecma114|isoir127)$/, "iso88596"],
  [/^(?:cs)?(?:iso88597(?:1987|2003)?|isolatingreek|greek8?|elot928|ecma118|isoir126|suneugreek)$/, "iso88597"],
  [/^(?:cs)?(?:iso88598[ei]?(?:1988)?|isolatinhebrew|hebrew|isoir138|logical|visual)$/, "iso88598"],
  [/^(?:cs)?(?:iso88599(?:1989)?|latin5|l5|isoir148)$/, "windows1254"],
  [/^(?:cs)?(?:iso885911(?:2001)?|tis620(?:25\d\d)?|thai|xmacthai|dos874|cp874)$/, "windows874"],
  [/^(?:cs)?koi8?r?$|^cp20866$/, "koi8r"],
  [/^koi8ru$|^cp21866$/, "koi8u"],
  [/^(?:cs)?(?:x?mac(?:intosh|roman)?|cp10000)$/, "macroman"],
  [/^x?mac(?:cyrillic|cp10007)$/, "maccyrillic"],
  [/^x?macukrain(?:e|ian)$/, "macukraine"],
  [/^x?mac(?:ce|centraleurope|centraleurroman|latin2)$/, "maccenteuro"],
  [/^x?macicelandic$/, "maciceland"],
  [/^x?macromanian$/, "macromania"],
  [/^(?:utf16|utf16le|ucs2|csunicode|unicode|iso10646ucs2|cp1200)$/, "utf16"],
  [/^(?:utf16be|unicodefffe|cp1201)$/, "utf16be"],
  [/^(?:utf32|ucs4|iso10646ucs4)$/, "utf32"],
];
/** Windows code pages that stand for a charset with another number (Microsoft: Code Page Identifiers). */
const CODE_PAGES: Readonly<Record<string, string>> = {
  "20127": "usascii",
  "50220": "iso2022jp",
  "50221": "iso2022jp",
  "50222": "iso2022jp",
  "50225": "iso2022kr",
  "51949": "euckr",
  "52936": "hzgb2312",
  "54936": "gb18030",
  "65000": "utf7",
  "65001": "utf8",
};
const known = new Map<string, Charset | null>();

/** The charset that a mail names (any case and punctuation; RFC 2231 language tags are dropped); null when none is known. */
export function findCharset(label: string): Charset | null {
  const key = label
    .slice(0, 60)
    .replace(/\*.*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  let found = known.get(key);
  if (found === undefined) {
    found = resolve(key);
    // Senders choose the names: never more than a mail's worth of them is kept.
    if (known.size < 1_000) known.set(key, found);
  }
  return found;
}

function resolve(key: string): Charset | null {
  if (/^(?:cs|x)?utf8|^unicode(?:11|20)utf8$|^utf$|^cesu8$/.test(key)) return UTF8;
  if (/^(?:cs|x)?(?:unicode[12]?[10]?)?utf7(?!imap)/.test(key)) return { kind: "utf7" };
  if (/^(?:cs)?(?:iso2022|cp5022|jis$|iso64623jp)/.test(key)) return ISO2022;
  if (/^(?:x)?hz(?:gb2312)?$/.test(key)) return { kind: "hz" };
  if (
    /^(?:|us|x?unknown|unknown8bit|default|xuserdefined|[78]bit|binary|none|ascii8bit|iso646us|isoir6us)$/.test(key)
  ) {
    return GUESS;
  }
  // ANSI X3.110 is what some senders call ASCII with whatever they have above it.
  if (/^(?:us|cs)?ascii|^ansix3(?:4|110)|^iso646/.test(key)) return GUESS;
  const table = TABLES.find(([names]) => names.test(key))?.[1];
  if (table !== undefined) return { kind: "table", name: table };
  const page = /^(?:cs|x)?(?:pc8codepage|codepage|windows|win|msdos|ibm|dos|oem|pc|cp|ms)?0*(\d{2,5})$/.exec(key)?.[1];
  if (page !== undefined) return ofCodePage(page);
  const iso = /^(?:cs|x)?(?:iso)?8859(1?\d)/.exec(key)?.[1] ?? /^(?:cs)?(?:iso)?(?:latin|l)(10|\d)$/.exec(key)?.[1];
  if (iso !== undefined) return inTables(key.includes("8859") ? `iso8859${iso}` : `latin${iso}`);
  return inTables(key) ?? inTables(key.replace(/^(?:cs|x)/, ""));
}

function ofCodePage(page: string): Charset | null {
  const other = CODE_PAGES[page];
  if (other !== undefined) return resolve(other);
  if (/^2859\d$|^2860\d$/.test(page)) return resolve(`iso8859${Number(page) - 28590}`);
  return resolveTable(page) ?? inTables(`windows${page}`) ?? inTables(`cp${page}`);
}

function resolveTable(page: string): Charset | null {
  const table = TABLES.find(([names]) => names.test(`cp${page}`))?.[1];
  return table === undefined ? null : { kind: "table", name: table };
}

/** iconv-lite also names transfer encodings as if they were charsets: those decode to nothing that a mail says. */
function inTables(name: string): Charset | null {
  if (/^(?:base64|hex|binary|utf7imap|)$/.test(name) || name.startsWith("utf7")) return null;
  return iconv.encodingExists(name) ? { kind: "table", name } : null;
}
