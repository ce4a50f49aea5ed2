import type { BlobRef } from "@inlet/schemas";
import { assertContent, assertLength, assertRange, buildBlobRef, parseBlobRef } from "./blob-key.ts";
import { unmarked } from "./marker.ts";
import { BlobMissingError, BlobStoreUnavailableError } from "./port.ts";
import type { BlobStore } from "./port.ts";

/** A store in memory, with the faults that tests need. */
export interface MemoryBlobStore extends BlobStore {
  /** While true every call fails as if the store were away. */
  setUnavailable(unavailable: boolean): void;
  /** While false it has no marker, as a mount point without its volume. */
  setMarked(marked: boolean): void;
  /** Replaces what is stored under a key; null removes it. */
  tamper(key: string, bytes: Buffer | null): void;
  /** Keys of everything stored. */
  keys(): string[];
}

/** A {@link BlobStore} in memory: for tests, and for `inlet parse`, which leaves nothing behind. */
export function createMemoryBlobStore(): MemoryBlobStore {
  const blobs = new Map<string, Buffer>();
  let unavailable = false;
  let marked = true;
  const assertAvailable = (): void => {
    if (!marked) throw unmarked("the in-memory marker");
    if (unavailable) throw new BlobStoreUnavailableError("the in-memory blob store is set unavailable");
  };
  const stored = (ref: BlobRef): Buffer => {
    parseBlobRef(ref);
    assertAvailable();
    const bytes = blobs.get(ref.key);
    if (bytes === undefined) throw new BlobMissingError(`${ref.key}: not in the blob store`);
    return bytes;
  };
  return {
    put: async (tenant, receivedAt, bytes) => {
      const ref = buildBlobRef(tenant, receivedAt, bytes);
      assertAvailable();
      if (!blobs.has(ref.key)) blobs.set(ref.key, Buffer.from(bytes));
      return ref;
    },
    get: async (ref) => Buffer.from(assertContent(ref, stored(ref))),
    getRange: async (ref, start, end) => {
      assertRange(ref, start, end);
      return Buffer.from(assertLength(ref, stored(ref).subarray(start, end), end - start));
    },
    delete: async (ref) => {
      parseBlobRef(ref);
      assertAvailable();
      blobs.delete(ref.key);
    },
    assertAvailable: async () => assertAvailable(),
    fault: async () => {
      try {
        assertAvailable();
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    },
    setMarked: (value) => {
      marked = value;
    },
    setUnavailable: (value) => {
      unavailable = value;
    },
    tamper: (key, bytes) => {
      if (bytes === null) blobs.delete(key);
      else blobs.set(key, bytes);
    },
    keys: () => [...blobs.keys()],
  };
}
