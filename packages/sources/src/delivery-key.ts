import { createHash } from "node:crypto";
import { isTraceField } from "@inlet/domain";
import type { VerifiedDelivery } from "./kind.ts";

/** Longest id of a provider that is kept for search; a longer one is cut there, and still names the delivery in full. */
const LONGEST_ID = 512;

/**
 * The delivery key of docs/concepts/protocol.md, section 1 for a source without an id of its own: what the email says, and the envelope's recipients, since one
 * email may come as one post per recipient. Never the Message-ID: senders use one for several emails, and the second would be lost.
 */
export function deliveryKey(content: string, recipients: readonly string[]): string {
  const sorted = [...new Set(recipients.map((address) => address.trim().toLowerCase()))].toSorted();
  return [content, ...sorted].join("\0");
}

/** Header fields for {@link contentKey}, where a provider has taken the message apart; without those of the way. */
export function contentFields(headers: readonly (readonly [name: string, value: string])[]): string[] {
  return headers.filter(([name]) => !isTraceField(name)).flatMap(([name, value]) => [name.toLowerCase(), value]);
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

/** A delivery of a provider: the envelope is part of its post, and the parser reads it there. */
export function toDelivery(
  key: string,
  deliveryId: string | null,
  senderReceivedAt: number | null = null,
): VerifiedDelivery {
  return { key, deliveryId, senderEventId: null, senderReceivedAt, envelope: null };
}
