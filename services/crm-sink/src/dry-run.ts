import process from "node:process";
import { runDryRun, type DryRunRequest } from "./replay/dry-run.ts";

/** `dry-run.ts REQUESTS`, a JSON list: what replays would do, told on stdout line by line; started by `inlet replay --dry-run`. */
try {
  await runDryRun(JSON.parse(process.argv[2] ?? "[]") as DryRunRequest[], (line) => {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
