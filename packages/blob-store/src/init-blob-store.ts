import { initFileStore } from "./file-marker.ts";
import type { InitializedStore, InitOptions } from "./marker.ts";
import { initS3Store } from "./s3-marker.ts";
import { readStoreUrl } from "./store-url.ts";

/**
 * Marks the place that `BLOB_STORE_URL` names as Inlet's blob store; a folder is made, a bucket is not. For an operator's command alone:
 * what makes the marker by itself would take an empty mount point for the store. Again changes nothing. Throws
 * BlobStoreUnavailableError where the place cannot be written, RangeError for a URL that names none.
 */
export async function initBlobStore(
  url: string,
  { may = async () => true }: InitOptions = {},
): Promise<InitializedStore> {
  const place = readStoreUrl(url);
  return place.kind === "file" ? initFileStore(place.folder, may) : initS3Store(place.location, may);
}
