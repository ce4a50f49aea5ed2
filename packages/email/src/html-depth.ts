const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));
/** Closed by their siblings, so a run of them without end tags does not nest. */
const IMPLIED_END = new Set("p li dt dd option optgroup tr td th thead tbody tfoot rt rp".split(" "));
const TAG = /<(!--|\/?[a-z][a-z0-9:_-]{0,60})/giy;

/**
 * Whether the html opens more than `limit` elements inside each other, in one pass over it: parsers of html keep a stack
 * that makes deep nesting quadratic, so this is asked before any of them sees the html.
 */
export function isNestedDeeper(html: string, limit: number): boolean {
  const open: string[] = [];
  const counts = new Map<string, number>();
  for (let at = html.indexOf("<"); at !== -1;) {
    TAG.lastIndex = at;
    const tag = TAG.exec(html)?.[1]?.toLowerCase();
    if (tag === undefined) {
      at = html.indexOf("<", at + 1);
      continue;
    }
    const end = html.indexOf(tag === "!--" ? "-->" : ">", at + 1);
    if (end === -1) return false;
    at = html.indexOf("<", end);
    if (tag === "!--") continue;
    const name = tag.replace("/", "");
    if (VOID.has(name) || IMPLIED_END.has(name)) continue;
    if (!tag.startsWith("/")) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      if (open.push(name) > limit) return true;
    } else if ((counts.get(name) ?? 0) > 0) {
      for (let popped = open.pop(); popped !== undefined; popped = open.pop()) {
        counts.set(popped, (counts.get(popped) ?? 1) - 1);
        if (popped === name) break;
      }
    }
  }
  return false;
}

/** Tags cut out in one linear pass; for html that no parser may see. Keeps what is between the tags. */
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
