import process from "node:process";
import { createInterface } from "node:readline";
import type { MeantRecords } from "@inlet/service";
import { runDryRun, type DryRunSource } from "./replay/dry-run.ts";

/**
 * `dry-run.ts REQUESTS`, a JSON list: what replays would do, told on stdout line by line; `dry-run.ts --parsed BLOBS_URL`: of what the parser's
 * dry run says on stdin. Started by `inlet replay --dry-run`.
 */
try {
  const [, , first = "[]", blobsUrl = ""] = process.argv;
  const source: DryRunSource =
    first === "--parsed"
      ? { from: "parser", lines: createInterface({ input: process.stdin }), blobsUrl }
      : { from: "log", requests: JSON.parse(first) as MeantRecords[] };
  await runDryRun(source, (line) => {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
