/** Header blocks are read no further than this: the id stands near the top, and a header bomb must cost nothing. */
const MOST_HEADER_BYTES = 256 * 1024;

/**
 * The Message-ID in the header block of raw MIME, without angle brackets; null when there is none. A scan of lines, no parser: the
 * request must stay cheap, and the id only has to be the same for the same bytes.
 */
export function scanMessageId(mime: Buffer): string | null {
  const text = mime.subarray(0, MOST_HEADER_BYTES).toString("latin1");
  let value: string | null = null;
  for (const line of lines(text)) {
    if (line === "") break;
    const folded = line.startsWith(" ") || line.startsWith("\t");
    if (value !== null) {
      if (!folded) break;
      value += ` ${line.trim()}`;
    } else if (!folded && line.slice(0, 11).toLowerCase() === "message-id:") {
      value = line.slice(11).trim();
    }
  }
  return value === null ? null : bareMessageId(value);
}

/** A Message-ID without brackets and space around it; null when nothing is left. */
export function bareMessageId(value: string): string | null {
  const open = value.indexOf("<");
  const close = value.indexOf(">", open + 1);
  const bare = (open === -1 || close === -1 ? value : value.slice(open + 1, close)).trim();
  return bare === "" ? null : bare;
}

function* lines(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf("\n", start);
    const line = end === -1 ? text.slice(start) : text.slice(start, end);
    yield line.endsWith("\r") ? line.slice(0, -1) : line;
    if (end === -1) return;
    start = end + 1;
  }
}
