import type { BlobRef } from "@inlet/schemas";

/**
 * Where large bodies and attachments lie (docs/concepts/protocol.md, section 9). A place without the marker that `inlet blobs init` makes is a store that is away:
 * it is neither written nor read as empty. One conformance suite for every implementation.
 */
export interface BlobStore {
  /**
   * Stores the bytes under `<tenant>/<yyyy-mm-dd of receivedAt, UTC>/<sha256>` and resolves once they are durable. Storing the same
   * bytes again is free. Throws {@link BlobStoreUnavailableError} when the store is away.
   */
  put(tenant: string, receivedAt: number, bytes: Uint8Array): Promise<BlobRef>;
  /** Throws {@link BlobMissingError} when it is not there (or its content no longer has its hash), {@link BlobStoreUnavailableError} when the store is away. */
  get(ref: BlobRef): Promise<Buffer>;
  /**
   * The bytes from `start` up to, not including, `end`; throws like `get`, and RangeError unless 0 <= start < end <= ref.size. A part has
   * no hash of its own: what must be right is read with `get`.
   */
  getRange(ref: BlobRef, start: number, end: number): Promise<Buffer>;
  /** Deletes the bytes for good; what is gone already is no fault. Throws {@link BlobStoreUnavailableError} when the store is away. */
  delete(ref: Pick<BlobRef, "key" | "sha256">): Promise<void>;
  /** Throws {@link BlobStoreUnavailableError} unless the store is there: for work that would rather not begin than stop half-way. */
  assertAvailable(): Promise<void>;
  /** Why a write would not work now, and what helps, for an operator; null where it would. Makes nothing. */
  fault(): Promise<string | null>;
}

export class BlobMissingError extends Error {
  override readonly name = "BlobMissingError";
}

export class BlobStoreUnavailableError extends Error {
  override readonly name = "BlobStoreUnavailableError";
}
