import { compile } from "html-to-text";
import type { FormatCallback, SelectorDefinition } from "html-to-text";
import { cleanBody } from "../charset/clean-text.ts";
import { withoutTags } from "./html-depth.ts";
import { QUOTE } from "./html-quote.ts";
import { sanitize } from "./html.ts";
import { holdsQuote, opensHistory } from "./html-history.ts";
import { TRUNCATION_LIMITS } from "../limits.ts";

/** Lines that the rules of replies know, put where a mail program's marks say what its words may not. */
const HISTORY_LINE = "-----Original Message-----";
const ATTRIBUTION_LINE_MARK = "On 1 January 1970 at 00:00, <someone@example.org> wrote:";
const DELIMITER_LINE = "--";

/** Newsletters pad their preview with runs of these; a single joiner belongs to an emoji or a script and stays. */
const INVISIBLE = /(?:\u00A0|\u200B|\u200C|\u200D|\uFEFF|\u034F|\u00AD)+/g;

const SHOWN: SelectorDefinition[] = [
  { selector: "img", format: "skip" },
  {
    selector: "a",
    options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true, linkBrackets: ["<", ">"] },
  },
  { selector: "tr", format: "block" },
  { selector: "td", format: "cell" },
  { selector: "th", format: "cell" },
  ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
];
/** Elements that the sanitizer marked, see reply/html-marks.ts. */
const MARKED: SelectorDefinition[] = [
  { selector: `*[${QUOTE}="after"]`, format: "history" },
  { selector: `*[${QUOTE}="header"]`, format: "history" },
  { selector: `*[${QUOTE}="introduction"]`, format: "blockString", options: { string: ATTRIBUTION_LINE_MARK } },
  { selector: `*[${QUOTE}="signature"]`, format: "ruled", options: { string: DELIMITER_LINE } },
  { selector: `blockquote[${QUOTE}="indent"]`, format: "block" },
  { selector: `div[${QUOTE}="whole"]`, format: "container" },
];
const WITH_MARKS = [...SHOWN, ...MARKED];
const MARK = new RegExp(` ${QUOTE}="(?:after|header|introduction|whole)"`);

/** A quote's container: answers may stand in it beside what is quoted. All of it is one where it begins as a quote does. */
const container: FormatCallback = (element, walk, builder, options) => {
  if (!holdsQuote(element) && opensHistory(element)) return divided(element, walk, builder, options);
  plain(element, walk, builder, options);
};

/** What a program names as history is that only where it begins as a quoted message does: people write inside of it, too. */
const history: FormatCallback = (element, walk, builder, options) => {
  if (opensHistory(element)) divided(element, walk, builder, options);
  else plain(element, walk, builder, options);
};

const divided: FormatCallback = (element, walk, builder, options) =>
  ruled(element, walk, builder, { ...options, string: HISTORY_LINE });

const plain: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/** Cells are words of their own: a row is a line, and no two cells run together. */
const cell: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addInline(" ");
};

/** An element below a line of its own. */
const ruled: FormatCallback = (element, walk, builder, options) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  builder.addLiteral(String(options["string"]));
  builder.closeBlock({ trailingLineBreaks: 1 });
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/**
 * Plain text of html that `sanitize` made, for mail that has no text of its own (UN4). Images and repeated link addresses
 * are left out. Only sanitized html: its tags are balanced, so that this parser (another version of the sanitizer's)
 * cannot see a nesting that the sanitizer did not.
 */
export function readSafeHtmlText(html: string): string {
  return toText(html, SHOWN);
}

/** The same, with lines that the rules of replies know where a mail program marked quotes and signature. */
export function markedTextOfSafeHtml(html: string): string {
  return toText(html, WITH_MARKS);
}

/** Whether a mail program marked anything in the html. */
export function hasMarks(html: string): boolean {
  return html.includes(` ${QUOTE}="`);
}

/** Whether a mail program marked a quote in the html. */
export function hasQuoteMarks(html: string): boolean {
  return MARK.test(html);
}

/** Plain text of html as sent; where the html is too deep for any parser, what stands between its tags. */
export function readSentHtmlText(html: string): string {
  const safe = sanitize(html);
  return safe === null ? textBetweenTags(html) : readSafeHtmlText(safe);
}

/** What stands between the tags, in one pass and without understanding any. */
export function textBetweenTags(html: string): string {
  return tidy(withoutTags(html.slice(0, TRUNCATION_LIMITS.htmlChars)));
}

/** Selectors are compiled once each: that costs more than most mails' conversion. */
const compiled = new Map<SelectorDefinition[], (html: string) => string>();

function converter(selectors: SelectorDefinition[]): (html: string) => string {
  const known = compiled.get(selectors);
  if (known !== undefined) return known;
  const limits = { maxInputLength: TRUNCATION_LIMITS.htmlChars * 8, maxDepth: TRUNCATION_LIMITS.htmlDepth };
  const made = compile({ wordwrap: false, selectors, limits, formatters: { cell, ruled, container, history } });
  compiled.set(selectors, made);
  return made;
}

function toText(html: string, selectors: SelectorDefinition[]): string {
  try {
    return tidy(converter(selectors)(html));
  } catch {
    return textBetweenTags(html);
  }
}

function tidy(text: string): string {
  return cleanBody(text)
    .replace(INVISIBLE, (run) => (run.includes("\u00A0") ? " " : run.length === 1 ? run : ""))
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
