import { appendFileSync, mkdirSync } from "node:fs";
import { afterAll } from "vitest";
import { emitted } from "./emitted-samples.ts";

/** Where every worker writes down what its tests made the metrics say; read by check-samples.ts. */
const FOLDER = new URL("../../node_modules/.cache/inlet-metrics/", import.meta.url);

/** Of every test file of the unit suite. */
afterAll(() => {
  if (emitted.size === 0) return;
  mkdirSync(FOLDER, { recursive: true });
  appendFileSync(new URL(`${process.pid}.txt`, FOLDER), [...emitted, ""].join("\n"));
  emitted.clear();
});
