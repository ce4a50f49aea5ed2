export { BlobMissingError, BlobStoreUnavailableError } from "./port.ts";
export type { BlobStore } from "./port.ts";
export { initBlobStore } from "./init-blob-store.ts";
export type { InitializedStore, InitOptions } from "./marker.ts";
export { openBlobStore } from "./open-blob-store.ts";
export { createFileBlobStore } from "./file-store.ts";
export { createMemoryBlobStore } from "./memory-store.ts";
export type { MemoryBlobStore } from "./memory-store.ts";
export { buildBlobRef } from "./blob-key.ts";
