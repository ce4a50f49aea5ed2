import { Parser } from "htmlparser2";

class TooDeep extends Error {}

/**
 * Whether the html opens more than `limit` elements inside each other. Asked before html is walked or rewritten:
 * htmlparser2 keeps its open elements in an array whose front it edits, so that deep nesting is quadratic (200,000 nested
 * tags take minutes). It is the same parser that sanitizes, stopped as soon as the limit is passed: a scan of our own
 * would read quotes and comments a little differently, and that gap would be the attack.
 */
export function isNestedDeeper(html: string, limit: number): boolean {
  if (!hasMoreTagsThan(html, limit)) return false;
  let depth = 0;
  const parser = new Parser({
    onopentagname() {
      if ((depth += 1) > limit) throw new TooDeep();
    },
    onclosetag() {
      depth -= 1;
    },
  });
  try {
    parser.end(html);
    return false;
  } catch (error) {
    if (error instanceof TooDeep) return true;
    throw error;
  }
}

/** Tags cut out in one linear pass; for html that no parser may walk. Keeps what is between the tags. */
export function withoutTags(html: string): string {
  let text = "";
  let at = 0;
  for (let open = html.indexOf("<"); open !== -1; open = html.indexOf("<", at)) {
    text += html.slice(at, open);
    const close = html.indexOf(">", open);
    if (close === -1) return text;
    text += " ";
    at = close + 1;
  }
  return text + html.slice(at);
}

function hasMoreTagsThan(html: string, limit: number): boolean {
  let count = 0;
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", at + 1)) if ((count += 1) > limit) return true;
  return false;
}
