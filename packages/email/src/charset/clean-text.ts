/**
 * Text that every store takes: no NUL (Postgres refuses it) and no lone surrogates (Avro and JSON would not give the
 * same text back). Returns the same string when there is nothing to repair.
 */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes("\0") ? wellFormed.replaceAll("\0", "") : wellFormed;
}

/** `cleanText` for a body: line ends become LF. */
export function cleanBody(text: string): string {
  return cleanText(text).replace(/\r\n?/g, "\n");
}

/** Cleaned, trimmed, runs of white space as one space; null when nothing is left. For header values. */
export function cleanLine(text: string | null | undefined): string | null {
  if (text == null) return null;
  const line = cleanText(text).replace(/\s+/g, " ").trim();
  return line === "" ? null : line;
}
