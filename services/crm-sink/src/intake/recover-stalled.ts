import type { RecordReader } from "@inlet/kafka";
import { poll, type Poller } from "@inlet/ledger";
import { errorForLog, metrics } from "@inlet/telemetry";
import type { SinkDeps } from "../attempt.ts";
import type { FairQueue } from "./fair-queue.ts";
import { handleRecord } from "./handle-record.ts";

/** Far beyond the longest try of a record from Kafka (KAFKA_BUDGET_MS), ms. */
const STALLED_MS = 45_000;

/**
 * Takes up deliveries that stand as `delivering` although no one works on them any more: no live lease, no waiting row, no end for longer
 * than a try can last. Their record is read again from Kafka. Claims make that safe even if its first reader still lives; each one is an
 * alert, since the order of writing should leave none.
 */
export function recoverStalled(
  reader: RecordReader,
  deps: SinkDeps,
  queue: FairQueue,
  lanes: readonly string[],
): Poller {
  return poll(
    async () => {
      for (const { tenant, eventId, at } of await deps.ledger.deliveries.takeStalled(lanes, STALLED_MS)) {
        metrics.alerts.inc({ code: "stalled_delivery" });
        deps.log.error(
          { tenant, event_id: eventId, ...at, code: "stalled_delivery" },
          "no one delivers this email any more: its record is read again",
        );
        const [record] = await reader.read([{ ...at, offset: BigInt(at.offset) }]);
        if (record !== null && record !== undefined)
          await queue.run(tenant, `stalled ${eventId}`, async () =>
            handleRecord(deps, { from: "kafka", record, behindSlow: false, onKept: () => {} }),
          );
      }
      return false;
    },
    {
      idleMs: 10_000,
      onError: (error) => deps.log.warn({ err: errorForLog(error) }, "stalled deliveries cannot be taken up"),
    },
  );
}
