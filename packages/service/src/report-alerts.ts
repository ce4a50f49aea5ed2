import { parseGap, type ConsumerOptions } from "@inlet/kafka";
import { keepGap, type Ledger } from "@inlet/ledger";
import { metrics, type ConsumingService, type Log } from "@inlet/telemetry";

/** Keeps the gap that a consumer found in its log, loudly; it reads on once that is kept. */
export function reportGap(
  service: ConsumingService,
  { log, ledger }: { readonly log: Log; readonly ledger: { readonly inspect: Pick<Ledger["inspect"], "accounts"> } },
): NonNullable<ConsumerOptions["onAlert"]> {
  return async (alert) => {
    const { code, message, detail } = alert;
    metrics.alerts.inc({ code });
    log.error({ ...detail, code }, message);
    await keepGap(ledger.inspect.accounts, parseGap(alert), service);
  };
}

/** An email waits by reference, and its record is not in Kafka. */
export function reportRecordGone(log: Log, fields: object, message: string): void {
  const code = "waiting_record_gone";
  metrics.alerts.inc({ code });
  log.error({ ...fields, code }, message);
}

/** The faults of tenant files as they are now; none: all are well again. */
export function reportTenantFaults(log: Log, faults: readonly unknown[]): void {
  const code = "tenant_file_broken";
  if (faults.length > 0) metrics.alerts.inc({ code });
  log[faults.length > 0 ? "error" : "info"](
    { code, faults },
    "faults of tenant files; their last good version stays in force",
  );
}
