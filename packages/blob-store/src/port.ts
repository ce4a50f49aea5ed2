import type { BlobRef } from "@inlet/schemas";

/** Where large bodies and attachments lie (PROTOCOL.md 9). One conformance suite for every implementation. */
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
  /** Whether a write would work now. */
  healthy(): Promise<boolean>;
}

export class BlobMissingError extends Error {
  override readonly name = "BlobMissingError";
}

export class BlobStoreUnavailableError extends Error {
  override readonly name = "BlobStoreUnavailableError";
}
