import { isInfrastructureFault } from "@inlet/delivery";
import type { BatchHandler, BatchOutcome } from "@inlet/kafka";
import type { Parsed } from "@inlet/ledger";
import { errorForLog, metrics } from "@inlet/telemetry";
import { acceptRecords, handleAccepted, markParsed } from "./accept-records.ts";
import type { ParserDeps } from "./arrival.ts";

const INFRASTRUCTURE_PAUSE_MS = 1_000;

type Handled = { readonly done: true; readonly parsed: Parsed | null } | { readonly done: false };

/**
 * Handles the records of one partition: their rows are inserted in one statement before anything is parsed, and moved on in one statement
 * after everything was produced (PROTOCOL.md 3). Only the contiguous prefix that has ended is done.
 */
export function createBatchHandler(deps: ParserDeps): BatchHandler {
  return async (records, { signal }): Promise<BatchOutcome> => {
    try {
      const accepted = await acceptRecords(deps, records);
      deps.reach("after-accept");
      const handled: Handled[] = await Promise.all(
        accepted.map(async (each): Promise<Handled> => {
          if (signal.aborted) return { done: false };
          try {
            return { done: true, parsed: await handleAccepted(deps, each) };
          } catch (error) {
            tell(deps, error);
            return { done: false };
          }
        }),
      );
      deps.reach("before-mark");
      await markParsed(
        deps,
        handled.flatMap((each) => (each.done && each.parsed !== null ? [each.parsed] : [])),
      );
      deps.reach("after-mark");
      const firstUndone = handled.findIndex((each) => !each.done);
      const done = firstUndone === -1 ? records.length : firstUndone;
      return {
        processedThrough: records[done - 1]?.offset ?? null,
        ...(firstUndone === -1 || signal.aborted ? {} : { pauseMs: INFRASTRUCTURE_PAUSE_MS }),
      };
    } catch (error) {
      tell(deps, error);
      return { processedThrough: null, pauseMs: INFRASTRUCTURE_PAUSE_MS };
    }
  };
}

function tell(deps: ParserDeps, error: unknown): void {
  const infrastructure = isInfrastructureFault(error);
  metrics.alerts.inc({ code: infrastructure ? "infrastructure_away" : "unexpected_error" });
  const message = infrastructure
    ? "infrastructure is away: the partition pauses"
    : "unexpected error: the partition pauses";
  deps.log[infrastructure ? "warn" : "error"]({ err: errorForLog(error) }, message);
}
