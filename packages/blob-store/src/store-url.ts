import { fileURLToPath } from "node:url";
import { readS3Url, type S3Location } from "./s3-url.ts";

/** Where a store lies. */
export type StorePlace =
  | { readonly kind: "file"; readonly folder: string }
  | { readonly kind: "s3"; readonly location: S3Location };

/** Reads `BLOB_STORE_URL`: `file:///var/lib/inlet/blobs` or `s3://bucket/prefix?endpoint=…` ({@link readS3Url}). Throws a RangeError for anything else. */
export function readStoreUrl(url: string): StorePlace {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) {
    throw new RangeError(
      "BLOB_STORE_URL: not a URL; give a folder that all services share, as file:///absolute/path, or s3://bucket/prefix",
    );
  }
  if (parsed.protocol === "s3:") return { kind: "s3", location: readS3Url(parsed) };
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
  return { kind: "file", folder: fileURLToPath(parsed) };
}
