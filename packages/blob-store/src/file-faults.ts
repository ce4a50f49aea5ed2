import { BlobStoreUnavailableError } from "./port.ts";

/** @param what what could not be done, such as `a blob could not be read` */
export function unavailable(what: string, cause: unknown): BlobStoreUnavailableError {
  return new BlobStoreUnavailableError(
    `BLOB_STORE_URL: ${what} (${getErrorCode(cause) ?? "unknown error"}); check that the volume is mounted, writable and has space`,
    { cause },
  );
}

export function getErrorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
