const ESCAPE = 0x1b;

/**
 * Decodes bytes to text. `declared` is the charset as the mail names it (any case, WHATWG label) or null.
 * Undeclared, ASCII and UTF-8 content is verified: what is not UTF-8 is read as ISO-2022-JP where its escapes show,
 * else as windows-1252, which is what senders that declare nothing mostly mean. Never throws.
 * `guessed` tells that the declared charset (or UTF-8) did not fit.
 */
export function decodeBytes(bytes: Uint8Array, declared: string | null): { text: string; guessed: boolean } {
  const label = (declared ?? "").trim().toLowerCase();
  if (isUnicodeOrAscii(label)) {
    if (hasJapaneseEscape(bytes)) return { text: decode("iso-2022-jp", bytes), guessed: true };
    const text = strictUtf8(bytes);
    return text === null ? { text: decode("windows-1252", bytes), guessed: true } : { text, guessed: false };
  }
  if (!isKnownCharset(label)) {
    const text = strictUtf8(bytes);
    return { text: text ?? decode("windows-1252", bytes), guessed: true };
  }
  const text = decode(label, bytes);
  if (!text.includes("\u{FFFD}")) return { text, guessed: false };
  // Broken under its own label: a gateway may have turned it into UTF-8 and kept the label.
  const utf8 = strictUtf8(bytes);
  return utf8 === null ? { text, guessed: false } : { text: utf8, guessed: true };
}

/** Whether this runtime decodes the charset. UTF-7 and the like are refused: they carry markup past filters. */
export function isKnownCharset(label: string): boolean {
  try {
    return label !== "" && new TextDecoder(label).encoding !== "";
  } catch {
    return false;
  }
}

function isUnicodeOrAscii(label: string): boolean {
  return ["", "ascii", "usascii", "utf8", "ansix341968", "default", "unknown8bit", "unknown", "xunknown"].includes(
    label.replace(/[^a-z0-9]/g, ""),
  );
}

function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function decode(label: string, bytes: Uint8Array): string {
  return new TextDecoder(label).decode(bytes);
}

/** `ESC $ @`, `ESC $ B` or `ESC ( J`: RFC 1468. */
function hasJapaneseEscape(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(ESCAPE); at !== -1; at = bytes.indexOf(ESCAPE, at + 1)) {
    const set = String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
    if (set === "$@" || set === "$B" || set === "(J") return true;
  }
  return false;
}
