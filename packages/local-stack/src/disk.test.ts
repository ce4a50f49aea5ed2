import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepareDataFolder } from "./disk.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "inlet-disk-"));
  await writeFile(path.join(dir, "file"), "");
});
afterAll(async () => rm(dir, { recursive: true, force: true }));

test("folders on the way are made", async () => {
  await prepareDataFolder(path.join(dir, "a", "b"), 0);
  expect((await stat(path.join(dir, "a", "b"))).isDirectory()).toBe(true);
});

// N10: `--data FILE` was a raw ENOTDIR, and `--data /proc/x` never came back.
test.each([
  ["a file", () => path.join(dir, "file"), "ENOTDIR"],
  ["below a file", () => path.join(dir, "file", "x"), "ENOTDIR"],
  ...(process.platform === "linux" ? [["where nothing can be made", () => "/proc/x/y", "ENOENT"] as const] : []),
] as const)("%s is a fault that names it and says what to do", async (_name, where, words) => {
  await expect(prepareDataFolder(where(), 0)).rejects.toThrow(words);
  await expect(prepareDataFolder(where(), 0)).rejects.toThrow("--data DIR");
});
