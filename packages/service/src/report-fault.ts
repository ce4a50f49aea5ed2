import { getDependency } from "@inlet/domain";
import { errorForLog, hideMessages, metrics, type ConsumingService, type Log } from "@inlet/telemetry";

/** Tells of a fault for which a partition pauses: of a dependency that is away, or of our own code. */
export function reportFault(service: ConsumingService, log: Log, error: unknown): void {
  const dependency = getDependency(error);
  if (dependency === null) {
    metrics.alerts.inc({ code: "unexpected_error" });
    log.error({ err: hideMessages(errorForLog(error)) }, "unexpected error: the partition pauses");
    return;
  }
  metrics.alerts.inc({ code: "infrastructure_away" });
  metrics.consumerPaused.set({ service, dependency }, 1);
  log.warn({ err: errorForLog(error), dependency }, "infrastructure is away: the partition pauses");
}
