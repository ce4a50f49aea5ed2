import { compile } from "html-to-text";
import type { SelectorDefinition } from "html-to-text";
import { cleanBody } from "./clean-text.ts";
import { withoutTags } from "./html-depth.ts";
import { QUOTE, sanitize } from "./html.ts";
import { CUTS } from "./limits.ts";

/** A line that reply parsers know; put where Outlook's quoted part begins. */
export const QUOTE_LINE = "-----Original Message-----";

/** Newsletters pad their preview with runs of these; a single joiner belongs to an emoji or a script and stays. */
const INVISIBLE = /(?:\u00A0|\u200B|\u200C|\u200D|\uFEFF|\u034F|\u00AD)+/g;

const SHOWN: SelectorDefinition[] = [
  { selector: "img", format: "skip" },
  {
    selector: "a",
    options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true, linkBrackets: ["<", ">"] },
  },
  ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
];
/** Elements that the sanitizer marked as quoted. */
const QUOTES: SelectorDefinition[] = [
  { selector: `*[${QUOTE}="whole"]`, format: "skip" },
  { selector: `*[${QUOTE}="after"]`, format: "blockString", options: { string: QUOTE_LINE } },
];
const UNQUOTED = [...SHOWN, ...QUOTES];

/**
 * Plain text of html that `sanitize` made, for mail that has no text of its own (UN4). Images and repeated link addresses
 * are left out. Only sanitized html: its tags are balanced, so that this parser (another version of the sanitizer's)
 * cannot see a nesting that the sanitizer did not.
 */
export function textOfSafeHtml(html: string): string {
  return toText(html, SHOWN);
}

/** The same without what a mail program marked as quoted. */
export function unquotedTextOfSafeHtml(html: string): string {
  return toText(html, UNQUOTED);
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
  const made = compile({ wordwrap: false, selectors, limits });
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
