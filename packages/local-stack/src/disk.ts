import { access, constants, mkdir, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { LocalStackError } from "./errors.ts";

const GIB = 1024 ** 3;

/** Makes the data folder. Throws {@link LocalStackError} when that is not possible or less than `needed` bytes (default 1 GiB) are free. */
export async function prepareDataFolder(dir: string, needed: number = GIB): Promise<void> {
  try {
    await makeFolder(path.resolve(dir));
    await access(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new LocalStackError(
      `the data folder ${dir} cannot be written (${code}). Put the data elsewhere with --data DIR (npm start -- --data DIR).`,
      { cause: error },
    );
  }
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free < needed) {
    const inGib = (bytes: number): string => (bytes / GIB).toFixed(1);
    throw new LocalStackError(
      `the disk of ${dir} has ${inGib(free)} GiB free, and Kafka and Postgres need ${inGib(needed)} GiB. Free some space, or put the data elsewhere with --data DIR.`,
    );
  }
}

/** Folder by folder: Node's own `recursive` never ends below /proc, where making a folder fails with ENOENT. */
async function makeFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (found !== null) {
    if (!found.isDirectory()) throw Object.assign(new Error(`${dir} is a file`), { code: "ENOTDIR" });
    return;
  }
  await makeFolder(path.dirname(dir));
  await mkdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
