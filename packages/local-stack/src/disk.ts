import { mkdir, statfs } from "node:fs/promises";
import { LocalStackError } from "./errors.ts";

const GIB = 1024 ** 3;

/** Makes the folder and throws {@link LocalStackError} when less than `needed` bytes (default 1 GiB) are free on its disk. */
export async function assertDiskSpace(dir: string, needed: number = GIB): Promise<void> {
  await mkdir(dir, { recursive: true });
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free < needed) {
    const inGib = (bytes: number): string => (bytes / GIB).toFixed(1);
    throw new LocalStackError(
      `the disk of ${dir} has ${inGib(free)} GiB free, and Kafka and Postgres need ${inGib(needed)} GiB. Free some space, or put the data elsewhere with --data DIR.`,
    );
  }
}
