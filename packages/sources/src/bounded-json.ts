/** What a JSON text may be made of before anything is built of it. */
export interface JsonLimits {
  /** Lists and objects inside of each other. */
  readonly depth: number;
  /** Lists, objects and members of them: each costs many times the byte or two that it takes in the text. */
  readonly tokens: number;
}

/** Far above what any sender's email needs: 2,000 header fields, attachments and recipients. */
export const JSON_LIMITS: JsonLimits = { depth: 64, tokens: 200_000 };

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];

/**
 * Whether a JSON text keeps its limits. A scan of bytes that builds nothing and ends at the first one that is passed; strings are skipped.
 * Says nothing on whether the text is JSON.
 */
export function keepsJsonLimits(body: Buffer, { depth, tokens }: JsonLimits = JSON_LIMITS): boolean {
  let [level, seen] = [0, 0];
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) at = stringEnd(body, at);
    else if (byte === 0x5b || byte === 0x7b) {
      level += 1;
      seen += 1;
      if (level > depth || seen > tokens) return false;
    } else if (byte === 0x5d || byte === 0x7d) level -= 1;
    else if (byte === COMMA && (seen += 1) > tokens) return false;
  }
  return true;
}

/** Index of the quote that ends a string; the body's length where none does. */
function stringEnd(body: Buffer, from: number): number {
  for (let at = body.indexOf(QUOTE, from + 1); at !== -1; at = body.indexOf(QUOTE, at + 1)) {
    let back = at - 1;
    while (body[back] === BACKSLASH) back -= 1;
    if ((at - back) % 2 === 1) return at;
  }
  return body.length;
}

/** The value of a JSON body within its limits; undefined for none. */
export function parseBoundedJson(body: Uint8Array, limits: JsonLimits = JSON_LIMITS): unknown {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!keepsJsonLimits(bytes, limits)) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
