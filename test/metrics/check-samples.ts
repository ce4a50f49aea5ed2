import { readdirSync, readFileSync } from "node:fs";
import { findUnfed } from "./find-unfed.ts";

/** After the whole unit suite (scripts/test.mjs): every metric, and every value of its closed labels, was emitted by a test. */
const FOLDER = new URL("../../node_modules/.cache/inlet-metrics/", import.meta.url);

const seen = new Set(
  readdirSync(FOLDER).flatMap((name) => readFileSync(new URL(name, FOLDER), "utf8").trim().split("\n")),
);
const unfed = findUnfed(seen);
for (const each of unfed) console.log(`no unit test makes it say: ${each}`);
console.log(`${seen.size} metrics and label values seen`);
process.exitCode = unfed.length === 0 ? 0 : 1;
