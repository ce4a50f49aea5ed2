import { decodeBytes } from "../charset/charset.ts";

/** Groups whose content is no text of the document (RTF 1.9.1). */
const HIDDEN = new Set(
  "fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf footnote themedata colorschememapping datastore latentstyles listtable listoverridetable rsidtbl generator filetbl revtbl fldinst bkmkstart bkmkend xe tc htmltag mhtmltag pntext".split(
    " ",
  ),
);
const SHOWN: Readonly<Record<string, string>> = {
  par: "\n",
  line: "\n",
  sect: "\n",
  page: "\n",
  row: "\n",
  cell: "\t",
  tab: "\t",
  emdash: "—",
  endash: "–",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  bullet: "•",
  emspace: " ",
  enspace: " ",
};
const TOKEN = /\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\/gy;
const DEEPEST = 1_000;

interface State {
  hidden: boolean;
  /** Fallback characters behind a `\u`. */
  skip: number;
}

/** The text that an RTF document shows, paragraphs as lines; pictures, fields' codes and hidden words left out. `rtf`: a character a byte. */
export function readRtfText(rtf: string): string {
  const codepage = /\\ansicpg(\d{3,5})/.exec(rtf.slice(0, 2_000))?.[1] ?? "1252";
  let text = "";
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length > 0) text += decodeBytes(Buffer.from(bytes), `cp${codepage}`).text;
    bytes = [];
  };
  let state: State = { hidden: false, skip: 1 };
  const stack: State[] = [];
  let fallback = 0;
  let first = false;
  for (const [, word, number, hex, symbol, brace, plain] of rtf.matchAll(TOKEN)) {
    if (brace === "{") {
      if (stack.length < DEEPEST) stack.push(state);
      state = { ...state };
      first = true;
      continue;
    }
    if (brace === "}") {
      state = stack.pop() ?? state;
      first = false;
      continue;
    }
    // `{\*\name`: a group that only programs who know it show.
    if (symbol === "*" || (first && word !== undefined && HIDDEN.has(word))) state.hidden = true;
    if (word !== undefined || symbol !== undefined) first = false;
    if (word === "v") state.hidden = number !== "0";
    if (word === "uc") state.skip = Number(number ?? 1);
    if (state.hidden) continue;
    if (hex !== undefined) {
      if (fallback > 0) fallback -= 1;
      else bytes.push(Number.parseInt(hex, 16));
      continue;
    }
    if (word === undefined && symbol === undefined && plain === undefined) continue;
    flush();
    if (plain !== undefined) {
      const skipped = Math.min(fallback, plain.length);
      fallback -= skipped;
      text += plain.slice(skipped);
    } else if (word === "u") {
      text += String.fromCharCode(Number(number ?? 0) & 0xffff);
      fallback = state.skip;
    } else if (word !== undefined) text += SHOWN[word] ?? "";
    else if (symbol === "~") text += " ";
    else if (symbol === "_") text += "-";
    else if (symbol !== undefined && "\\{}".includes(symbol)) text += symbol;
    else if (symbol === "\n" || symbol === "\r") text += "\n";
  }
  flush();
  return text
    .toWellFormed()
    .replace(/(?<![ \t])[ \t]+\n/g, "\n")
    .trim();
}
