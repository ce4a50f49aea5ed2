import { createHash } from "node:crypto";

/** Longest id of a provider that is kept for search; a longer one is cut there, and still names the delivery in full. */
const LONGEST_ID = 512;

/**
 * The delivery key of PROTOCOL.md 1 for a source without an id of its own: Message-ID and the envelope's recipients, since one email
 * may come as one post per recipient; without a Message-ID the body's SHA-256.
 */
export function deliveryKey(body: Uint8Array, messageId: string | null, recipients: readonly string[]): string {
  const id = messageId ?? createHash("sha256").update(body).digest("hex");
  const sorted = [...new Set(recipients.map((address) => address.trim().toLowerCase()))].toSorted();
  return [id, ...sorted].join("\0");
}

/** Hex SHA-256 over parts, each preceded by its length, so that bytes cannot move between them. */
export function contentKey(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes = typeof part === "string" ? Buffer.from(part, "utf8") : part;
    hash.update(`${bytes.byteLength}:`).update(bytes);
  }
  return hash.digest("hex");
}

/** A sender's id as it may be stored and searched: no control characters (Postgres refuses NUL), well-formed, not endless; null for none. */
export function storableId(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const clean = value
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, "")
    .trim();
  return clean === "" ? null : clean.slice(0, LONGEST_ID).toWellFormed();
}
