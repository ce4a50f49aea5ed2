import { headerText, type BatchHandler, type KafkaRecord } from "@inlet/kafka";
import { HEADER } from "@inlet/schemas";
import { reportFault } from "@inlet/service";
import { PausePartition } from "../early-exit.ts";
import type { SinkDeps } from "../attempt.ts";
import type { FairQueue } from "./fair-queue.ts";
import { handleRecord } from "./handle-record.ts";

const INFRASTRUCTURE_PAUSE_MS = 1_000;

interface Handled {
  readonly done: boolean;
  readonly pauseMs: number;
}
const DONE: Handled = { done: true, pauseMs: 0 };
const UNDONE: Handled = { done: false, pauseMs: 0 };

/**
 * Handles the records of one partition: tenants take turns, conversations keep their order, and only the contiguous prefix that has ended,
 * or is kept in the ledger, is done. A fault of Inlet's infrastructure pauses the partition; everything after it is read again, so behind a
 * record that cannot be done nothing more is begun, and after the pause the first record has to show that things go on before any other.
 */
export function createBatchHandler(deps: SinkDeps, queue: FairQueue): BatchHandler {
  const paused = new Set<string>();
  return async (records, { signal }) => {
    const partition = `${records[0]?.topic ?? ""}/${records[0]?.partition ?? ""}`;
    /** Index of the first record that is known to be undone. */
    let undoneAt = records.length;
    const handle = async (record: KafkaRecord, index: number): Promise<Handled> => {
      const begin = async (how: Parameters<typeof tryRecord>[2]): Promise<Handled> => {
        if (signal.aborted || index > undoneAt) return UNDONE;
        const handled = await tryRecord(deps, record, how);
        if (!handled.done) undoneAt = Math.min(undoneAt, index);
        return handled;
      };
      return queue.run(
        headerText(record.headers, HEADER.tenant) ?? "",
        getChain(record),
        async (place) => {
          const kept = Promise.withResolvers<Handled>();
          const tried = begin({
            behindSlow: false,
            onKept: () => {
              place.holdFor(tried);
              kept.resolve(DONE);
            },
          });
          return Promise.race([tried, kept.promise]);
        },
        async () => begin({ behindSlow: true, onKept: () => {} }),
      );
    };

    const [first] = records;
    const results: Handled[] = [];
    if (first !== undefined && paused.delete(partition)) results.push(await handle(first, 0));
    results.push(
      ...(await Promise.all(
        records.slice(results.length).map(async (record, index) => handle(record, index + results.length)),
      )),
    );
    deps.failpoint("before-commit");
    const firstUndone = results.findIndex((result) => !result.done);
    const done = firstUndone === -1 ? records.length : firstUndone;
    const pauseMs = Math.max(...results.map((result) => result.pauseMs), 0);
    if (pauseMs > 0) paused.add(partition);
    return { processedThrough: records[done - 1]?.offset ?? null, ...(pauseMs > 0 ? { pauseMs } : {}) };
  };
}

async function tryRecord(
  deps: SinkDeps,
  record: KafkaRecord,
  how: { readonly behindSlow: boolean; readonly onKept: () => void },
): Promise<Handled> {
  try {
    await handleRecord(deps, { from: "kafka", record, ...how });
    return DONE;
  } catch (error) {
    return { done: false, pauseMs: pauseFor(deps, error) };
  }
}

function getChain(record: KafkaRecord): string {
  return `${record.topic} ${record.key?.toString("utf8") ?? record.offset}`;
}

function pauseFor(deps: SinkDeps, error: unknown): number {
  if (error instanceof PausePartition) {
    deps.log.warn({ pauseMs: error.pauseMs, why: error.message }, "partition pauses");
    return error.pauseMs;
  }
  reportFault("crm-sink", deps.log, error);
  return INFRASTRUCTURE_PAUSE_MS;
}
