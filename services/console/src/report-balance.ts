import type { AuditHead } from "@inlet/ledger";
import { metrics, type Log } from "@inlet/telemetry";
import type { Balance } from "./screen.ts";

/** Tells the metrics how the last count came out. What is lost and what else is wrong are one number: each is to be looked at. */
export function reportBalance({ at, report }: Balance): void {
  const { written, suppressed, deadLettered, discarded, inFlight } = report;
  const states = { written, suppressed, dead_lettered: deadLettered, discarded, in_flight: inFlight } as const;
  for (const [state, count] of Object.entries(states)) {
    metrics.deliveries.set({ state: state as keyof typeof states }, count);
  }
  metrics.lost.set(report.lost.length + report.faults.length + report.notListed);
  metrics.countedTimestamp.set(at / 1000);
}

/**
 * Notes the heads of the audit chains in the log, which is kept elsewhere: a chain that was written anew as a whole no longer holds what was
 * noted (`inlet audit verify --head`).
 */
export async function noteAuditHeads(
  audit: { heads(): Promise<readonly AuditHead[]> },
  now: number,
  log: Pick<Log, "info">,
): Promise<void> {
  const heads = await audit.heads();
  for (const { tenant, seq, hash } of heads) {
    metrics.auditEntries.set({ tenant }, seq);
    log.info({ tenant, seq, hash }, "audit head noted");
  }
  metrics.auditNotedTimestamp.set(now / 1000);
}
