import { fileURLToPath } from "node:url";
import { createFileBlobStore } from "./file-store.ts";
import type { BlobStore } from "./port.ts";

/**
 * The store that `BLOB_STORE_URL` names: `file:///var/lib/inlet/blobs`. Nothing is touched before the first call. Throws a RangeError for
 * anything else.
 */
export function openBlobStore(url: string): BlobStore {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) {
    throw new RangeError("BLOB_STORE_URL: not a URL; give a folder that all services share, as file:///absolute/path");
  }
  if (parsed.protocol === "s3:") {
    throw new RangeError(
      "BLOB_STORE_URL: s3:// is not supported by this version; use file:// on a volume that all services share",
    );
  }
  if (parsed.protocol !== "file:") {
    throw new RangeError(`BLOB_STORE_URL: the scheme ${parsed.protocol} is unknown; use file:///absolute/path`);
  }
  if (parsed.host !== "" || parsed.pathname === "/") {
    throw new RangeError(
      "BLOB_STORE_URL: name a folder by its absolute path, with three slashes: file:///absolute/path",
    );
  }
  return createFileBlobStore(fileURLToPath(parsed));
}
