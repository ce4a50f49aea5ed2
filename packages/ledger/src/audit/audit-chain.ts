import { createHash } from "node:crypto";
import type { AuditEntry } from "./audit-entry.ts";

/** What of an entry is hashed; `detailText` is the detail as Postgres writes jsonb. */
export type HashedEntry = Omit<AuditEntry, "id" | "detail" | "hash"> & { readonly detailText: string };

/**
 * The hash of an entry: SHA-256 over the hash before it (nothing for the first one), a JSON array of tenant, seq, time, actor, action and
 * origin with ", " between, and the detail. Computed here apart from the database, which wrote it (0050).
 * @returns hex
 */
export function hashEntry(before: string, entry: HashedEntry): string {
  const { tenant, seq, at, actor, action, origin, detailText } = entry;
  const fields = [tenant, seq, at, actor, action, origin].map((field) => JSON.stringify(field)).join(", ");
  return createHash("sha256").update(Buffer.from(before, "hex")).update(`[${fields}]${detailText}`).digest("hex");
}
