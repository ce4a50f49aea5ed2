import { compile } from "html-to-text";
import type { SelectorDefinition } from "html-to-text";
import { cleanBody } from "./clean-text.ts";
import { isNestedDeeper, withoutTags } from "./html-depth.ts";
import { CUTS } from "./limits.ts";

/** A line that reply parsers know; put where Outlook's quoted part begins. */
export const QUOTE_LINE = "-----Original Message-----";

/** Newsletters pad their preview with runs of these; a single joiner belongs to an emoji or a script and stays. */
const INVISIBLE = /(?:\u00A0|\u200B|\u200C|\u200D|\uFEFF|\u034F|\u00AD)+/g;

const SHOWN: SelectorDefinition[] = [
  { selector: "img", format: "skip" },
  {
    selector: "a",
    options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true, linkBrackets: ["<", ">"], pathRewrite: safeLink },
  },
  ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
];
/** Quote markers of Gmail, Apple Mail and Thunderbird, Outlook (facts: wire formats 11). */
const QUOTES: SelectorDefinition[] = [
  ...[
    "div.gmail_quote",
    "div.gmail_quote_container",
    "blockquote[type=cite]",
    "div.yahoo_quoted",
    "div.moz-cite-prefix",
  ].map((selector) => ({ selector, format: "skip" })),
  ...["#divRplyFwdMsg", "#appendonsend"].map((selector) => ({
    selector,
    format: "blockString",
    options: { string: QUOTE_LINE },
  })),
];

const UNQUOTED = [...SHOWN, ...QUOTES];

/** Plain text of html, for mail that has no text of its own (UN4). Images and repeated link addresses are left out. */
export function textOfHtml(html: string): string {
  return toText(html, SHOWN);
}

/** The same without what a mail program marked as quoted. */
export function unquotedTextOfHtml(html: string): string {
  return toText(html, UNQUOTED);
}

/** Selectors are compiled once each: that costs more than most mails' conversion. */
const compiled = new Map<SelectorDefinition[], (html: string) => string>();

function converter(selectors: SelectorDefinition[]): (html: string) => string {
  const known = compiled.get(selectors);
  if (known !== undefined) return known;
  const limits = { maxInputLength: CUTS.htmlChars, maxDepth: CUTS.htmlDepth };
  const made = compile({ wordwrap: false, selectors, limits });
  compiled.set(selectors, made);
  return made;
}

function toText(html: string, selectors: SelectorDefinition[]): string {
  const bounded = html.length > CUTS.htmlChars ? html.slice(0, CUTS.htmlChars) : html;
  if (isNestedDeeper(bounded, CUTS.htmlDepth)) return tidy(withoutTags(bounded));
  try {
    return tidy(converter(selectors)(bounded));
  } catch {
    return tidy(withoutTags(bounded));
  }
}

/** Only addresses that a reader may follow; others (`javascript:`, `data:`) leave the link's words. */
function safeLink(address: string): string {
  return /^\s*(https?|mailto|tel):/i.test(address) ? address : "";
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
