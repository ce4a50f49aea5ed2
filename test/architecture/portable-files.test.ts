import { expect, test } from "vitest";
import { readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** Paths of somebody's machine. Containers' own paths (`/app`, `/var/lib/…`) and `/tmp` mounts are not. */
const MACHINE_PATH = /(?<![\w./@-])\/(root|work|Users|home)\/[\w.-]+/;

/** A file's path from its URL's text: in a folder with a space, or letters of other scripts, it is another folder. */
const URL_AS_PATH = /new URL\([^()]*\)\.pathname/;

test("no file names a path of somebody's machine, and the lock file names no registry host", () => {
  const files = readRepository();
  const found = unportable(files);
  report("portable files", { files: files.length });
  expect(found).toEqual([]);
});

test("planted: machine paths, a registry in the lock file", () => {
  const path = ["", "work", "main", "x.ts"].join("/");
  const home = ["", "root", ".npm"].join("/");
  const found = unportable([
    { path: "docs/a.md", text: `run ${path}` },
    { path: "scripts/a.mjs", text: `"${home}"` },
    { path: "package-lock.json", text: '{"resolved": "https://registry.example.test/x.tgz"}' },
    { path: "test/a.test.ts", text: `new URL("config", here)${".pathname"}` },
    { path: "docs/good.md", text: "https://example.test/work/main and packages/work/main and /var/lib/inlet" },
  ]);
  expect(found.map((finding) => finding.path)).toEqual([
    "docs/a.md",
    "scripts/a.mjs",
    "package-lock.json",
    "test/a.test.ts",
  ]);
});

function unportable(files: readonly RepositoryFile[]): Finding[] {
  return files.flatMap(({ path, text }) => {
    const machine = MACHINE_PATH.exec(text)?.[0];
    if (machine !== undefined) return [{ path, problem: `names "${machine}", a path of one machine` }];
    if (URL_AS_PATH.test(text)) return [{ path, problem: "takes a URL's pathname for a path: use fileURLToPath" }];
    const registry = path === "package-lock.json" ? /"resolved": "(https?:[^"]+)"/.exec(text)?.[1] : undefined;
    return registry === undefined
      ? []
      : [{ path, problem: `names the registry of one machine (${registry}): set omit-lockfile-registry-resolved` }];
  });
}
