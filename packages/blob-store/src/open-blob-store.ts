import { createFileBlobStore } from "./file-store.ts";
import type { BlobStore } from "./port.ts";
import { createS3BlobStore } from "./s3-store.ts";
import { readStoreUrl } from "./store-url.ts";

/** The store that `BLOB_STORE_URL` names. Nothing is touched before the first call. Throws a RangeError for a URL that names none. */
export function openBlobStore(url: string): BlobStore {
  const place = readStoreUrl(url);
  return place.kind === "file" ? createFileBlobStore(place.folder) : createS3BlobStore(place.location);
}
