import { BlobStoreUnavailableError } from "./port.ts";

/** At the root of every blob store. A folder or bucket without it is no store of Inlet's: the volume is not mounted, or the place is a wrong one. */
export const MARKER = ".inlet-blob-store";

export const MARKER_TEXT = `Inlet keeps email bodies and attachments here. This marker tells its services that the store is really there (that the volume is
mounted, and is the right one): without it they neither write nor read here. It was made by \`inlet blobs init\`; leave it alone.
`;

/** A rule that expires old objects must not take the marker: services renew one that is older, and never make one. */
export const MARKER_RENEWED_AFTER_MS = 86_400_000;

/** What `inlet blobs init` did. */
export interface InitializedStore {
  /** The marker's place: a path or an s3:// address. */
  readonly marker: string;
  /** False where it was there already. */
  readonly made: boolean;
}

export interface InitOptions {
  /** Asked where there is no marker: whether this place may be marked. False: it is left as it is, and BlobStoreUnavailableError says so. Default yes. */
  readonly may?: (marker: string) => Promise<boolean>;
}

/** @param place the marker's place, for anyone who reads the message */
export function unmarked(place: string): BlobStoreUnavailableError {
  return new BlobStoreUnavailableError(
    `BLOB_STORE_URL: ${place} is not there. Is the volume mounted, and is this the right place? Only if it is, mark it as Inlet's store, once: inlet blobs init`,
  );
}
