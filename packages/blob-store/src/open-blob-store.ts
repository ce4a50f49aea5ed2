import { fileURLToPath } from "node:url";
import { createFileBlobStore } from "./file-store.ts";
import type { BlobStore } from "./port.ts";
import { createS3BlobStore } from "./s3-store.ts";
import { readS3Url } from "./s3-url.ts";

/**
 * The store that `BLOB_STORE_URL` names: `file:///var/lib/inlet/blobs` or `s3://bucket/prefix?endpoint=…` ({@link readS3Url}). Nothing is
 * touched before the first call. Throws a RangeError for anything else.
 */
export function openBlobStore(url: string): BlobStore {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) {
    throw new RangeError(
      "BLOB_STORE_URL: not a URL; give a folder that all services share, as file:///absolute/path, or s3://bucket/prefix",
    );
  }
  if (parsed.protocol === "s3:") return createS3BlobStore(readS3Url(parsed));
  if (parsed.protocol !== "file:") {
    throw new RangeError(
      `BLOB_STORE_URL: the scheme ${parsed.protocol} is unknown; use file:///absolute/path or s3://bucket/prefix`,
    );
  }
  if (parsed.host !== "" || parsed.pathname === "/") {
    throw new RangeError(
      "BLOB_STORE_URL: name a folder by its absolute path, with three slashes: file:///absolute/path",
    );
  }
  return createFileBlobStore(fileURLToPath(parsed));
}
