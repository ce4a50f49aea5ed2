import { BlobMissingError, type BlobStore } from "./port.ts";

/** A store that reads from one place and writes to another, where what was written is found as well: for dry runs. */
export function createOverlayStore(below: BlobStore, above: BlobStore): BlobStore {
  const either = async <T>(read: (store: BlobStore) => Promise<T>): Promise<T> => {
    try {
      return await read(below);
    } catch (error) {
      if (!(error instanceof BlobMissingError)) throw error;
      return read(above);
    }
  };
  return {
    put: async (tenant, receivedAt, bytes) => above.put(tenant, receivedAt, bytes),
    get: async (ref) => either(async (store) => store.get(ref)),
    getRange: async (ref, start, end) => either(async (store) => store.getRange(ref, start, end)),
    // What lies below is only read.
    delete: async (ref) => above.delete(ref),
    assertAvailable: async () => below.assertAvailable(),
    fault: async () => below.fault(),
  };
}
