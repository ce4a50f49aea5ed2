import { createHash } from "node:crypto";
import { TENANT_ID } from "@inlet/schemas";
import type { BlobRef } from "@inlet/schemas";
import { BlobMissingError } from "./port.ts";

const KEY = /^([a-z][a-z0-9-]{1,39})\/(\d{4}-\d{2}-\d{2})\/([0-9a-f]{64})$/;

/** The parts of a key, each safe as a path segment. */
export interface BlobKey {
  readonly tenant: string;
  readonly day: string;
  readonly sha256: string;
}

/**
 * The reference under which bytes are kept: `<tenant>/<yyyy-mm-dd of receivedAt, UTC>/<sha256>` (docs/concepts/protocol.md, section 9). Throws RangeError on a tenant
 * that is not a tenant id (it becomes a folder name) or a `receivedAt` that is no time.
 */
export function buildBlobRef(tenant: string, receivedAt: number, bytes: Uint8Array): BlobRef {
  if (!TENANT_ID.test(tenant)) {
    throw new RangeError(
      `tenant: ${JSON.stringify(tenant.slice(0, 60))} is not a tenant id; ids match ${TENANT_ID.source}`,
    );
  }
  const day = toDay(receivedAt);
  const sha256 = computeSha256(bytes);
  return { key: `${tenant}/${day}/${sha256}`, size: bytes.byteLength, sha256 };
}

/** The parts of a reference's key. Throws {@link BlobMissingError} where no store could have made it, so a forged key never becomes a path. */
export function parseBlobRef(ref: Pick<BlobRef, "key" | "sha256">): BlobKey {
  const [, tenant, day, sha256] = KEY.exec(ref.key) ?? [];
  if (tenant === undefined || day === undefined || sha256 === undefined || sha256 !== ref.sha256) {
    throw new BlobMissingError("key: not one that a blob store makes (tenant/yyyy-mm-dd/sha256 of the reference)");
  }
  return { tenant, day, sha256 };
}

/** Throws {@link BlobMissingError} unless the bytes are those that the reference names. */
export function assertContent(ref: BlobRef, bytes: Buffer): Buffer {
  if (computeSha256(bytes) !== ref.sha256) {
    throw new BlobMissingError(`${ref.key}: the stored content no longer has this hash; restore it from a backup`);
  }
  return bytes;
}

/** Throws RangeError unless the part lies inside the blob. */
export function assertRange(ref: BlobRef, start: number, end: number): void {
  if (Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= ref.size) return;
  throw new RangeError(`range: ${start} to ${end} is no part of ${ref.size} bytes; give 0 <= start < end <= size`);
}

/** Throws {@link BlobMissingError} unless a part has the length that was asked for: the stored content was cut. */
export function assertLength(ref: BlobRef, bytes: Buffer, length: number): Buffer {
  if (bytes.byteLength !== length) {
    throw new BlobMissingError(`${ref.key}: the stored content was cut short; restore it from a backup`);
  }
  return bytes;
}

function computeSha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function toDay(receivedAt: number): string {
  const date = new Date(receivedAt);
  const iso = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  if (!/^\d{4}-/.test(iso)) {
    throw new RangeError(`receivedAt: ${receivedAt} is no time between the years 0 and 9999; give epoch milliseconds`);
  }
  return iso.slice(0, 10);
}
