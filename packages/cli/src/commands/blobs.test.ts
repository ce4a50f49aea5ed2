import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openBlobStore } from "@inlet/blob-store";
import { Command } from "commander";
import { afterEach, beforeEach, expect, test } from "vitest";
import { registerBlobs } from "./blobs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "inlet-blobs-init-"));
});
afterEach(async () => rm(folder, { recursive: true }));

async function run(...words: readonly string[]): Promise<{ out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  const program = new Command("inlet");
  const env = { BLOB_STORE_URL: pathToFileURL(join(folder, "blobs")).href };
  const context = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  registerBlobs(program, { ...context, isTerminal: false, env, setExitCode: () => {} });
  await program.parseAsync(["blobs", "init", ...words], { from: "user" });
  return { out, err };
}

test("L23: inlet blobs init marks the store and says so, again changes nothing, and from then on it takes blobs", async () => {
  const root = join(folder, "blobs");
  const marker = join(root, ".inlet-blob-store");
  const store = openBlobStore(pathToFileURL(root).href);
  expect(await store.fault()).toContain("inlet blobs init");
  expect(await readdir(folder)).toEqual([]);
  expect(await run()).toEqual({ out: [`made ${marker}`], err: [] });
  expect(await run()).toEqual({ out: [], err: [`nothing to do: ${marker} is there`] });
  const { out } = await run("--json");
  expect(JSON.parse(out.join("\n"))).toEqual({ marker, made: false });
  expect(await store.fault()).toBeNull();
});
