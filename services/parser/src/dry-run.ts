import { once } from "node:events";
import process from "node:process";
import type { MeantRecords } from "@inlet/service";
import { runDryParse } from "./replay/dry-run.ts";

/** `dry-run.ts REQUESTS BLOBS_URL`: what parsing anew would come to, told on stdout line by line; started by `inlet replay --dry-run`. */
try {
  const [, , requests = "[]", blobsUrl = ""] = process.argv;
  await runDryParse(JSON.parse(requests) as MeantRecords[], blobsUrl, async (line) => {
    if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, "drain");
  });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
