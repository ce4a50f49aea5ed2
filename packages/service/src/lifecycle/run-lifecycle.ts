import { poll, type Poller } from "@inlet/ledger";
import { errorForLog, metrics } from "@inlet/telemetry";
import { copyHeldRecords } from "./copy-held-records.ts";
import type { LifecycleDeps } from "./lifecycle-deps.ts";
import { sweepRetention } from "./sweep-retention.ts";

const IDLE_MS = 2_000;
/** Rounds of erasures, and blobs, before anything else has its turn. */
const MOST_AT_ONCE = 20;

/**
 * Erases whom operators asked to erase, deletes what is too old, and copies held records out of Kafka, beside everything else: small transactions with
 * pauses between them, of which one instance at a time does what is done once. Stopped, it ends after the transaction under way.
 */
export function runLifecycle(deps: LifecycleDeps): Poller {
  const stop = new AbortController();
  const poller = poll(
    async () => {
      const busy = await eraseSome(deps, stop.signal);
      await deleteBlobs(deps, stop.signal);
      await copyHeldRecords(deps, stop.signal);
      await sweepRetention(deps, stop.signal);
      return busy && !stop.signal.aborted;
    },
    {
      idleMs: IDLE_MS,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "what is to be deleted cannot be deleted now"),
    },
  );
  return {
    stop: async () => {
      stop.abort();
      await poller.stop();
    },
  };
}

async function eraseSome({ ledger, log }: LifecycleDeps, stop: AbortSignal): Promise<boolean> {
  for (let round = 0; round < MOST_AT_ONCE && !stop.aborted; round += 1) {
    const done = await ledger.erasures.work();
    if (done === null) return false;
    metrics.sweptRows.inc({ sweep: "erasure", table: "deliveries" }, done.erased);
    if (done.state === "done") log.info({ erasure: done.id }, "erasure done");
  }
  return true;
}

async function deleteBlobs({ ledger, blobs }: LifecycleDeps, stop: AbortSignal): Promise<void> {
  for (let count = 0; count < MOST_AT_ONCE && !stop.aborted; count += 1) {
    const deleted = await ledger.lifecycle.deleteDueBlob(async ({ key }) =>
      blobs.delete({ key, sha256: key.slice(key.lastIndexOf("/") + 1) }),
    );
    if (deleted === null) return;
    if (deleted === "deleted") metrics.sweptRows.inc({ sweep: "retention", table: "blobs" });
  }
}
