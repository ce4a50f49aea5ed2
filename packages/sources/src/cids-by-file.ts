/**
 * Mailgun's `content-id-map`, `{"<cid>": "attachment-1", …}`, and SendGrid's `content-ids`, as the content id of each file. The same cid may stand in it twice, for
 * two files, so that `JSON.parse` would drop one: the pairs are read in order instead.
 */
export function cidsByFile(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, cid, file] of text.matchAll(/("(?:[^"\\]|\\.){1,998}")\s*:\s*("(?:[^"\\]|\\.){1,64}")/g)) {
    const name = jsonText(file);
    const id = jsonText(cid);
    if (name !== null && id !== null) found.set(name, id.replace(/^<(.*)>$/s, "$1"));
  }
  return found;
}

function jsonText(literal: string | undefined): string | null {
  try {
    return JSON.parse(literal ?? "null") as string | null;
  } catch {
    return null;
  }
}
