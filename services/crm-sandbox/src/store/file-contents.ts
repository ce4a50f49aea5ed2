import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The bytes of uploaded files. Their hash and size are in the records, whatever happens here. */
export interface FileContents {
  put(id: string, bytes: Buffer): void;
  /** Null for what was never here or has been pushed out. */
  get(id: string): Buffer | null;
  clear(): void;
}

/** In memory, the newest up to `maxBytes`. */
export function contentsInMemory(maxBytes = 256 * 1024 * 1024): FileContents {
  const kept = new Map<string, Buffer>();
  let size = 0;
  const drop = (id: string): void => {
    size -= kept.get(id)?.length ?? 0;
    kept.delete(id);
  };
  return {
    put(id, bytes) {
      drop(id);
      kept.set(id, bytes);
      size += bytes.length;
      for (const oldest of kept.keys()) {
        if (size <= maxBytes) break;
        drop(oldest);
      }
    },
    get: (id) => kept.get(id) ?? null,
    clear() {
      kept.clear();
      size = 0;
    },
  };
}

/** A file each in `directory`/files. */
export function contentsOnDisk(directory: string): FileContents {
  const folder = join(directory, "files");
  mkdirSync(folder, { recursive: true });
  const path = (id: string): string => join(folder, id.replaceAll(/\D/g, ""));
  return {
    put: (id, bytes) => writeFileSync(path(id), bytes),
    get(id) {
      try {
        return readFileSync(path(id));
      } catch {
        return null;
      }
    },
    clear() {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
    },
  };
}
