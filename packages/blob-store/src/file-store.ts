import { randomUUID } from "node:crypto";
import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BlobRef } from "@inlet/schemas";
import { assertContent, assertLength, assertRange, buildBlobRef, parseBlobRef } from "./blob-key.ts";
import type { BlobKey } from "./blob-key.ts";
import { syncFolder, writeDurably } from "./durable-file.ts";
import { getErrorCode, unavailable } from "./file-faults.ts";
import { assertMarkedFolder } from "./file-marker.ts";
import { BlobMissingError, BlobStoreUnavailableError } from "./port.ts";
import type { BlobStore } from "./port.ts";

/**
 * A {@link BlobStore} in a folder, which must be one volume for all services. Nothing is written or taken for missing while the folder
 * lacks its marker: then the volume is not mounted.
 */
export function createFileBlobStore(root: string): BlobStore {
  const writing = new Map<string, Promise<void>>();
  const toPath = ({ tenant, day, sha256 }: BlobKey): string => join(root, tenant, day, sha256);

  /** Twins in one process share one write. */
  const store = async (ref: BlobRef, bytes: Uint8Array): Promise<void> => {
    const path = toPath(parseBlobRef(ref));
    const running = writing.get(path);
    if (running !== undefined) return running;
    const write = storeOnce(path, bytes).finally(() => writing.delete(path));
    writing.set(path, write);
    await write;
  };

  const reading = async (ref: BlobRef, read: (path: string) => Promise<Buffer>): Promise<Buffer> => {
    const path = toPath(parseBlobRef(ref));
    for (let again = false; ; again = true) {
      try {
        return await read(path);
      } catch (error) {
        if (getErrorCode(error) !== "ENOENT") throw unavailable("a blob could not be read", error);
        await assertMarkedFolder(root);
        // The volume may have been mounted between the read and the look at its marker.
        if (again) throw new BlobMissingError(`${ref.key}: not in the blob store`, { cause: error });
      }
    }
  };

  return {
    put: async (tenant, receivedAt, bytes) => {
      const ref = buildBlobRef(tenant, receivedAt, bytes);
      await assertMarkedFolder(root);
      try {
        await store(ref, bytes);
      } catch (error) {
        throw unavailable("a blob could not be written", error);
      }
      // Unmounted in between, it would have been written below the mount point.
      await assertMarkedFolder(root);
      return ref;
    },
    get: async (ref) => assertContent(ref, await reading(ref, readFile)),
    getRange: async (ref, start, end) => {
      assertRange(ref, start, end);
      return assertLength(ref, await reading(ref, async (path) => readPart(path, start, end)), end - start);
    },
    delete: async (ref) => {
      const path = toPath(parseBlobRef(ref));
      await assertMarkedFolder(root);
      try {
        await rm(path);
        await syncFolder(dirname(path));
      } catch (error) {
        if (getErrorCode(error) !== "ENOENT") throw unavailable("a blob could not be deleted", error);
      }
    },
    assertAvailable: async () => assertMarkedFolder(root),
    fault: async () => {
      const probe = join(root, `.${randomUUID()}.probe`);
      try {
        await assertMarkedFolder(root);
        await writeFile(probe, "ok", { flag: "wx" });
        return null;
      } catch (error) {
        return error instanceof BlobStoreUnavailableError
          ? error.message
          : unavailable("nothing can be written", error).message;
      } finally {
        await rm(probe, { force: true }).catch(() => {});
      }
    },
  };
}

async function storeOnce(path: string, bytes: Uint8Array): Promise<void> {
  const stored = await stat(path).catch((error: unknown) => {
    if (getErrorCode(error) === "ENOENT") return null;
    throw error;
  });
  if (stored === null || stored.size !== bytes.byteLength) await writeDurably(path, bytes);
  // Another process may have renamed it a moment ago and not have synced its folder yet.
  else await syncFolder(dirname(path));
}

async function readPart(path: string, start: number, end: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
