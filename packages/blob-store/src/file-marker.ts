import { stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "./durable-file.ts";
import { getErrorCode, unavailable } from "./file-faults.ts";
import {
  MARKER,
  MARKER_RENEWED_AFTER_MS,
  MARKER_TEXT,
  unmarked,
  type InitializedStore,
  type InitOptions,
} from "./marker.ts";

/** Throws BlobStoreUnavailableError unless the folder is a marked store: a mount point without its volume is an empty folder like any other. */
export async function assertMarkedFolder(root: string): Promise<void> {
  const marker = join(root, MARKER);
  const { mtimeMs } = await stat(marker).catch((error: unknown) => {
    throw isAbsent(error) ? unmarked(marker) : unavailable("the store's marker could not be read", error);
  });
  const now = Date.now();
  // Fails where it is gone meanwhile, and makes nothing.
  if (now - mtimeMs > MARKER_RENEWED_AFTER_MS) await utimes(marker, now / 1000, now / 1000).catch(() => {});
}

export async function initFileStore(root: string, may: NonNullable<InitOptions["may"]>): Promise<InitializedStore> {
  const marker = join(root, MARKER);
  try {
    if (await isThere(marker)) return { marker, made: false };
  } catch (error) {
    throw unavailable("the store's marker could not be read", error);
  }
  if (!(await may(marker))) throw unmarked(marker);
  try {
    await writeDurably(marker, Buffer.from(MARKER_TEXT));
    return { marker, made: true };
  } catch (error) {
    throw unavailable("the store's marker could not be written", error);
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (isAbsent(error)) return false;
      throw error;
    },
  );
}

function isAbsent(error: unknown): boolean {
  return getErrorCode(error) === "ENOENT" || getErrorCode(error) === "ENOTDIR";
}
