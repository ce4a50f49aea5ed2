import { compile } from "html-to-text";
import type { DomNode, FormatCallback, SelectorDefinition } from "html-to-text";
import { cleanBody } from "./clean-text.ts";
import { withoutTags } from "./html-depth.ts";
import { QUOTE, sanitize } from "./html.ts";
import { CUTS } from "./limits.ts";

/** Lines that the rules of replies know, put where a mail program's marks say what its words may not. */
const HISTORY_LINE = "-----Original Message-----";
const INTRODUCTION_LINE = "On 1 January 1970 at 00:00, <someone@example.org> wrote:";
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
  { selector: `*[${QUOTE}="after"]`, format: "ruled", options: { string: HISTORY_LINE } },
  { selector: `*[${QUOTE}="introduction"]`, format: "blockString", options: { string: INTRODUCTION_LINE } },
  { selector: `*[${QUOTE}="signature"]`, format: "ruled", options: { string: DELIMITER_LINE } },
  { selector: `blockquote[${QUOTE}="indent"]`, format: "block" },
  { selector: `div[${QUOTE}="whole"]`, format: "container" },
];
const WITH_MARKS = [...SHOWN, ...MARKED];
const MARK = new RegExp(` ${QUOTE}="(?:after|introduction|whole)"`);

/** A quote's container: answers may stand in it beside what is quoted. Without a quote in it all of it is one. */
const container: FormatCallback = (element, walk, builder, options) => {
  if (!holdsQuote(element.children)) return ruled(element, walk, builder, { ...options, string: HISTORY_LINE });
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/** Looks at a few elements only: programs put the quote at the front. */
function holdsQuote(children: DomNode[]): boolean {
  const near = children.slice(0, 20).flatMap((child) => [child, ...(child.children ?? []).slice(0, 20)]);
  return near.some((node) => node.name === "blockquote" || (node.attribs?.[QUOTE] ?? "") === "introduction");
}

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
export function textOfSafeHtml(html: string): string {
  return toText(html, SHOWN);
}

/** The same, with lines that the rules of replies know where a mail program marked quotes and signature. */
export function markedTextOfSafeHtml(html: string): string {
  return toText(html, WITH_MARKS);
}

/** Whether a mail program marked a quote in the html. */
export function hasQuoteMarks(html: string): boolean {
  return MARK.test(html);
}

/** Plain text of html as sent; where the html is too deep for any parser, what stands between its tags. */
export function textOfSentHtml(html: string): string {
  const safe = sanitize(html);
  return safe === null ? textBetweenTags(html) : textOfSafeHtml(safe);
}

/** What stands between the tags, in one pass and without understanding any. */
export function textBetweenTags(html: string): string {
  return tidy(withoutTags(html.slice(0, CUTS.htmlChars)));
}

/** Selectors are compiled once each: that costs more than most mails' conversion. */
const compiled = new Map<SelectorDefinition[], (html: string) => string>();

function converter(selectors: SelectorDefinition[]): (html: string) => string {
  const known = compiled.get(selectors);
  if (known !== undefined) return known;
  const limits = { maxInputLength: CUTS.htmlChars * 8, maxDepth: CUTS.htmlDepth };
  const made = compile({ wordwrap: false, selectors, limits, formatters: { cell, ruled, container } });
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
