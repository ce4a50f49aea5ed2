import type { DomNode } from "html-to-text";
import { QUOTE } from "./html-quote.ts";
import { isSeparator, isRule } from "../reply/find-separator.ts";
import { isHeaderField } from "../reply/find-header-block.ts";
import { attributionLineEndingAt, mayAttribute } from "../reply/find-attribution-line.ts";
import { readLines } from "../reply/lines.ts";

/** Elements and characters that are looked at: programs put a quoted message's header in front. */
const MOST_NODES = 150;
const MOST_CHARS = 700;
/** Lines of an attribution line in a language that no table knows. */
const FEW_LINES = 4;
const BLOCKS = /^(?:div|p|br|hr|tr|table|blockquote|h[1-6]|li|ul|ol|section)$/;

const LABELLED = /^[\p{L}\p{M}][\p{L}\p{M} .-]{0,24}[:：]\s?\S/u;

/** A node as htmlparser2 makes it; html-to-text's type leaves the neighbours out. */
type Neighbour = DomNode & { readonly next?: Neighbour | null };

/** What stands in front: its lines, and whether a quote follows them. */
interface Front {
  text: string;
  quote: boolean;
  nodes: number;
}

/** Looks at a few elements only: programs put the quote at the front. */
export function holdsQuote(element: DomNode): boolean {
  const near = element.children.slice(0, 20).flatMap((child) => [child, ...(child.children ?? []).slice(0, 20)]);
  return near.some((node) => node.name === "blockquote" || (node.attribs?.[QUOTE] ?? "") === "introduction");
}

/**
 * Whether an element begins as a quoted message does: with an attribution line, a header block or a separator; with nothing but a quote; or with a
 * few lines that end in a colon or name an address or a time, above a quote. An empty element marks what follows it.
 */
export function opensHistory(element: DomNode): boolean {
  const front: Front = { text: "", quote: false, nodes: 0 };
  collect(element.children, front);
  if (front.text.trim() === "" && !front.quote) {
    for (let next = (element as Neighbour).next; next != null && !isFull(front); next = next.next)
      collect([next], front);
  }
  const lines = readLines(front.text).filter((line) => line.kind !== "blank");
  const written = lines.filter((line) => !isRule(line));
  if (written.length === 0) return front.quote;
  for (let at = 0; at < Math.min(written.length, FEW_LINES); at += 1) {
    const attribution = attributionLineEndingAt(written, at, front.quote && at === written.length - 1);
    // Words above it are the writer's: the quote begins below them, where the rules of text find it.
    if (attribution !== null) return attribution.from === 0;
  }
  if (mayAttribute(written[0]?.key ?? "") || isHeaderField(written[0]) || isSeparator(written, 0)) return true;
  // Programs that draw a rule above the header write its labels in their own language.
  const header = element.attribs?.[QUOTE] === "header";
  if (header && written.length >= 2 && written.slice(0, 2).every(({ text }) => LABELLED.test(text.trim()))) return true;
  // An unlabelled title above a header block, as Lotus Notes and Outlook write it.
  if (isHeaderField(written[1]) && isHeaderField(written[2])) return true;
  if (written.some(({ text }) => /[.!?。]\s*$/.test(text))) return false;
  return front.quote && written.length <= FEW_LINES && /[:：]\s*$|@|\d{1,2}[:.]\d{2}/.test(front.text.trim());
}

function isFull({ text, quote, nodes }: Front): boolean {
  return quote || nodes >= MOST_NODES || text.length >= MOST_CHARS;
}

function collect(nodes: readonly DomNode[], front: Front): void {
  for (const node of nodes) {
    if (isFull(front)) return;
    front.nodes += 1;
    if (node.type === "text") {
      front.text += (node.data ?? "").slice(0, MOST_CHARS).replace(/\s+/g, " ");
      continue;
    }
    const block = BLOCKS.test(node.name ?? "");
    if (block && !front.text.endsWith("\n")) front.text += "\n";
    const mark = node.attribs?.[QUOTE] ?? "";
    if (node.name === "blockquote" || mark === "introduction") {
      front.quote = true;
      return;
    }
    collect(node.children ?? [], front);
    if (block && !front.text.endsWith("\n")) front.text += "\n";
  }
}
