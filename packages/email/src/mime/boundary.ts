const LONGEST = 200;
const MAX_LINES = 200_000;

/**
 * The delimiter that a multipart uses whose header names none, or one that never occurs: the first `--` line with a header
 * of a part below it. Null when the body has no such line. `declared`: without the two dashes, one character a byte.
 */
export function boundaryInUse(message: Buffer, declared: readonly string[]): string | null {
  let at = message.indexOf("\n--");
  for (let lines = 0; at !== -1 && lines < MAX_LINES; lines++) {
    const end = message.indexOf(0x0a, at + 1);
    if (end === -1) return null;
    const line = message.toString("latin1", at + 3, Math.min(end, at + 3 + LONGEST)).trimEnd();
    const below = message.toString("latin1", end + 1, end + 80);
    if (line !== "" && !declared.includes(line) && /^content-[a-z-]+[ \t]*:/i.test(below)) return line;
    at = message.indexOf("\n--", end);
  }
  return null;
}

/** Whether a delimiter line of that boundary stands anywhere in the message. */
export function isUsed(message: Buffer, boundary: string): boolean {
  const delimiter = Buffer.from(`--${boundary}`, "latin1");
  for (let at = message.indexOf(delimiter); at !== -1; at = message.indexOf(delimiter, at + 1)) {
    if (at === 0 || message[at - 1] === 0x0a || message[at - 1] === 0x0d) return true;
  }
  return false;
}
