import type { BatchHandler } from "@inlet/kafka";
import { metrics, type ConsumingService } from "@inlet/telemetry";
import { DEPENDENCIES } from "@inlet/domain";

/** A handler whose progress shows in `inlet_consumer_lag`, and ends what {@link reportFault} said in `inlet_consumer_paused`. */
export function observeBatches(service: ConsumingService, groupId: string, handler: BatchHandler): BatchHandler {
  return async (records, context) => {
    const outcome = await handler(records, context);
    const [first] = records;
    if (first === undefined) return outcome;
    const next = outcome.processedThrough === null ? first.offset : outcome.processedThrough + 1n;
    // The end as it was when the batch was fetched: another commit may have passed it.
    const lag = context.endOffset > next ? context.endOffset - next : 0n;
    // A partition that is taken away is told of by its next reader.
    if (!context.signal.aborted)
      metrics.consumerLag.set({ group: groupId, topic: first.topic, partition: first.partition }, Number(lag));
    if (outcome.processedThrough !== null && outcome.pauseMs === undefined)
      for (const dependency of DEPENDENCIES) metrics.consumerPaused.set({ service, dependency }, 0);
    return outcome;
  };
}
