const [LF, CR] = [10, 13];

/**
 * The email with CRLF at the end of every line (RFC 5322 2.3), which is what DKIM signers hash. mailauth does the same, a line at a time:
 * an email of millions of bare line feeds would keep it busy for most of a minute. The buffer itself when there is nothing to do.
 */
export function withLineEnds(bytes: Buffer): Buffer {
  const bare = (at: number): boolean => at === 0 || bytes[at - 1] !== CR;
  let missing = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) if (bare(at)) missing += 1;
  if (missing === 0) return bytes;
  const whole = Buffer.allocUnsafe(bytes.length + missing);
  let [from, to] = [0, 0];
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (!bare(at)) continue;
    to += bytes.copy(whole, to, from, at);
    whole[to] = CR;
    to += 1;
    from = at;
  }
  bytes.copy(whole, to, from);
  return whole;
}
