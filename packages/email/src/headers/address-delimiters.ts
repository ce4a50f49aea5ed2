/**
 * Index of the quote that closes the one at `from` (RFC 5322 3.2.4), however far it is; -1 when none does. Once there is none, no later
 * quote of the field closes either: readers that ask once for that stay linear.
 */
export function quoteEnd(value: string, from: number): number {
  for (let at = from + 1; at < value.length; at++) {
    if (value[at] === "\\") at += 1;
    else if (value[at] === '"') return at;
  }
  return -1;
}

/** Index of the parenthesis that closes the comment at `from` (RFC 5322 3.2.2), comments inside of it counted; -1 when none does. */
export function commentEnd(value: string, from: number): number {
  let depth = 0;
  for (let at = from; at < value.length; at++) {
    if (value[at] === "\\") at += 1;
    else if (value[at] === "(") depth += 1;
    else if (value[at] === ")" && --depth === 0) return at;
  }
  return -1;
}
