import type { BatchHandler, KafkaRecord } from "@inlet/kafka";
import { reportFault } from "@inlet/service";
import { acceptRecords, handleAccepted, markParsed } from "./accept-records.ts";
import type { ParserDeps } from "./incoming-delivery.ts";
import { createReadAhead, type Ahead } from "./read-ahead.ts";

const INFRASTRUCTURE_PAUSE_MS = 1_000;
/** Records of one partition under way at a time: more than the pool has threads, since most of them wait for DNS or the blob store. */
const PLACES = 32;

/**
 * Handles the records of one partition: their rows are inserted in one statement before anything is parsed, and moved on in one statement
 * after everything was produced (docs/concepts/protocol.md, section 3). Only the contiguous prefix that has ended is done. Behind a record that a fault of Inlet's
 * infrastructure stops nothing more is begun; what had begun by then ends and is remembered, so that it is not parsed, produced or
 * dead-lettered again when the partition is read again from the undone record; and then that record alone has to go through first.
 */
export function createBatchHandler(deps: ParserDeps): BatchHandler {
  const readAhead = createReadAhead();
  return async (records, { signal }) => {
    const [first] = records;
    if (first === undefined) return { processedThrough: null };
    const ahead = readAhead.of(first);
    const todo = records.filter(({ offset }) => !ahead.ended.has(offset));
    let faulted = false;
    try {
      const waves = ahead.paused ? [todo.slice(0, 1), todo.slice(1)] : [todo];
      for (const wave of waves) {
        if (wave.length === 0 || faulted || signal.aborted) continue;
        faulted = await handleWave(deps, wave, ahead, signal);
      }
      deps.failpoint("before-mark");
      // Emptied only once they are marked: while the ledger is away they are kept for the next time.
      await markParsed(deps, ahead.unmarked);
      ahead.unmarked.length = 0;
      deps.failpoint("after-mark");
    } catch (error) {
      reportFault("parser", deps.log, error);
      readAhead.keep(first, first.offset, ahead, true);
      return { processedThrough: null, pauseMs: INFRASTRUCTURE_PAUSE_MS };
    }
    const firstUndone = records.findIndex(({ offset }) => !ahead.ended.has(offset));
    const processedThrough = records.at(firstUndone === -1 ? -1 : firstUndone - 1)?.offset ?? null;
    const undone = records[firstUndone];
    if (undone === undefined) {
      readAhead.keep(first, (processedThrough ?? 0n) + 1n, ahead, false);
      return { processedThrough };
    }
    readAhead.keep(first, undone.offset, ahead, true);
    return {
      processedThrough: firstUndone === 0 ? null : processedThrough,
      ...(signal.aborted ? {} : { pauseMs: INFRASTRUCTURE_PAUSE_MS }),
    };
  };
}

/** Begins the records in their order until one meets a fault of the infrastructure; answers whether one did. Throws when none could begin. */
async function handleWave(
  deps: ParserDeps,
  wave: readonly KafkaRecord[],
  ahead: Ahead,
  signal: AbortSignal,
): Promise<boolean> {
  const { accepted, fault } = await acceptRecords(deps, wave);
  if (fault !== null) reportFault("parser", deps.log, fault);
  deps.failpoint("after-accept");
  const undone = new Set(accepted);
  let faulted = false;
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    for (let each = accepted[next++]; each !== undefined && !faulted && !signal.aborted; each = accepted[next++]) {
      try {
        const parsed = await handleAccepted(deps, each);
        if (parsed !== null) ahead.unmarked.push(parsed);
        ahead.ended.add(each.opened.record.offset);
        undone.delete(each);
      } catch (error) {
        faulted = true;
        reportFault("parser", deps.log, error);
      }
    }
  };
  await Promise.all(Array.from({ length: PLACES }, takeTurns));
  // The process lives, so it was none of these that ended it. Where the ledger itself is away they count, which harms little.
  const begun = [...undone].map(({ opened }) => opened.incoming);
  if (begun.length > 0) await deps.ledger.deliveries.takeBackStarts(begun).catch(() => {});
  return faulted || fault !== null;
}
