import { open } from "node:fs/promises";

const WINDOW_BYTES = 64 * 1024;

/** The last `lines` lines of a file, oldest first; empty when it cannot be read. */
export async function lastLines(file: string, lines: number): Promise<string[]> {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, WINDOW_BYTES);
      const buffer = Buffer.alloc(length);
      await handle.read(buffer, 0, length, size - length);
      return buffer
        .toString("utf8")
        .trimEnd()
        .split("\n")
        .filter((line) => line !== "")
        .slice(-lines);
    } finally {
      await handle.close();
    }
  } catch {
    return [];
  }
}
