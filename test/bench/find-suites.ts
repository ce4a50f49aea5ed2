import { readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Suite } from "./suite.ts";

const SUITES_DIR = path.join(import.meta.dirname, "suites");

/** The names of all suites: a file each in `suites/`. */
export function suiteNames(): string[] {
  return readdirSync(SUITES_DIR)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => path.basename(file, ".ts"))
    .toSorted();
}

/** Loads one suite. Throws when its file does not export what a suite is. */
export async function loadSuite(name: string): Promise<Suite> {
  const module = (await import(pathToFileURL(path.join(SUITES_DIR, `${name}.ts`)).href)) as Partial<Suite>;
  const { about, run } = module;
  if (module.name !== name || typeof about !== "string" || typeof run !== "function") {
    throw new Error(`test/bench/suites/${name}.ts: must export name ("${name}"), about (a line) and run (a function)`);
  }
  return { name, about, run };
}
