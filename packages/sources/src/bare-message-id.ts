/** A Message-ID without brackets and space around it; null when nothing is left. */
export function bareMessageId(value: string): string | null {
  const open = value.indexOf("<");
  const close = value.indexOf(">", open + 1);
  const bare = (open === -1 || close === -1 ? value : value.slice(open + 1, close)).trim();
  return bare === "" ? null : bare;
}
