import { SEPARATORS, REPLY_ABOVE } from "./words.ts";
import { isHeaderField } from "./find-header-block.ts";
import type { Line } from "./lines.ts";

const TITLES: ReadonlySet<string> = new Set(Object.values(SEPARATORS).flat());
const ABOVE = new RegExp(REPLY_ABOVE.map((phrase) => phrase.replace(/[.]/g, "\\$&")).join("|"));
const RULED = /^[-–—_=~+#]{2,60}\s?([^-–—_=~].{1,80}?)\s?[-–—_=~+#]{2,60}:?$/;
const BEGUN = /^[-–—_=~+#]{1,60}\s?([^-–—_=~].{1,120}?)\s?[-–—_=~+#]{0,60}:?$/;
const TITLED = /^([^:：]{3,60})\s?[:：]$/;
/** A rule of Outlook, Yahoo and others above the header block. */
const RULE = /^(?:[_\-=*–—]{5,200}|[_\-=*–—](?: [_\-=*–—]){4,100})$/;

/** Whether the line divides what is new from a quoted or forwarded message: `-----Original Message-----`, in any language known. */
export function isSeparator(lines: readonly Line[], at: number): boolean {
  const { key, kind } = lines[at] as Line;
  if (kind !== "words" || key === "" || key.length > 200) return false;
  if (ABOVE.test(key)) return true;
  const ruled = RULED.exec(key)?.[1];
  // A title between rules that no table knows is told by the header fields below it.
  if (ruled !== undefined && (isTitle(ruled) || isHeaderField(nextWritten(lines, at)))) return true;
  const begun = BEGUN.exec(key)?.[1];
  if (begun !== undefined && TITLES.has(begun.replace(/\s?[:：]$/, ""))) return true;
  const next = nextWritten(lines, at);
  const titled = TITLED.exec(key)?.[1]?.trim();
  if (titled !== undefined && TITLES.has(titled)) return next?.kind === "quoted" || isHeaderField(next);
  return TITLES.has(key) && isHeaderField(next);
}

/** Whether the line is nothing but a rule. */
export function isRule(line: Line | undefined): boolean {
  return line !== undefined && line.kind === "words" && RULE.test(line.text.trim());
}

/** `forwarded by Bo Berg on 2 March` begins with a title. */
function isTitle(words: string): boolean {
  if (TITLES.has(words)) return true;
  for (let end = words.lastIndexOf(" "); end > 0; end = words.lastIndexOf(" ", end - 1)) {
    if (TITLES.has(words.slice(0, end))) return true;
  }
  return false;
}

function nextWritten(lines: readonly Line[], at: number): Line | undefined {
  for (let next = at + 1; next <= at + 3; next += 1) if (lines[next]?.kind !== "blank") return lines[next];
  return undefined;
}
