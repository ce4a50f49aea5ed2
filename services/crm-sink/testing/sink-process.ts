/**
 * A sink as a process of its own, for tests that kill it: `sink-process.ts SETTINGS`. Its parent has the ledger's database and sends the records of
 * its partition; what waits it takes from the ledger itself. It says up to where the records are done.
 */
import { flushCompileCache } from "node:module";
import process from "node:process";
import { failureTest } from "@inlet/config";
import type { KafkaRecord, RecordReader } from "@inlet/kafka";
import { ledgerOn } from "@inlet/ledger/testing";
import { createFairQueue } from "../src/intake/fair-queue.ts";
import { createBatchHandler } from "../src/intake/handle-batch.ts";
import { releaseWaiting } from "../src/intake/release-waiting.ts";
import { parentDatabase } from "./database-by-ipc.ts";
import { httpTenant } from "./emails.ts";
import { sinkDeps } from "./sink-deps.ts";

export interface SinkProcessSettings {
  readonly tenant: string;
  readonly crmUrl: string;
  /** The point at which it is killed with SIGKILL. */
  readonly killAt: string;
}

const { tenant, crmUrl, killAt } = JSON.parse(process.argv[2] ?? "") as SinkProcessSettings;
const { failpoint } = failureTest({ INLET_TEST_KILL_AT: killAt });
const deps = sinkDeps(ledgerOn(parentDatabase()), new Map([[tenant, httpTenant(tenant, crmUrl)]]), {
  failpoint,
  instance: `sink/${process.pid}`,
});
const queue = createFairQueue(8, deps.slowMs);
const handle = createBatchHandler(deps, queue);
const noReader: RecordReader = { read: async (places) => places.map(() => null), close: async () => {} };
releaseWaiting(deps, noReader, queue, ["shared"]);

// It ends by a signal, and then writes nothing.
flushCompileCache();
process.on("disconnect", () => process.exit(0));
process.on("message", (message) => {
  if (!("records" in (message as object))) return;
  const { records } = message as { readonly records: readonly KafkaRecord[] };
  void handle(records, { signal: new AbortController().signal, endOffset: 0n }).then(({ processedThrough }) =>
    process.send?.({ processedThrough }),
  );
});
