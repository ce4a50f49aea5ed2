/** Thrown out of a parser that is past the depth it was given. */
export class TooDeep extends Error {}

/**
 * Handlers for sanitize-html that throw {@link TooDeep} as soon as more than `limit` elements are open inside each other. htmlparser2 keeps
 * its open elements in an array whose front it edits, so that deep nesting is quadratic (200,000 nested tags take minutes). The parser that
 * sanitizes counts, and no scan of our own: that would read quotes and comments a little differently, and the gap would be the attack.
 */
export function notDeeperThan(limit: number): { onOpenTag: () => void; onCloseTag: () => void } {
  let depth = 0;
  return {
    onOpenTag: () => {
      if ((depth += 1) > limit) throw new TooDeep();
    },
    onCloseTag: () => {
      depth -= 1;
    },
  };
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
