import { waitReason, type WaitingMail } from "@inlet/ledger";
import { metrics } from "@inlet/telemetry";

/** Tells the metrics what waits, since when, and why. */
export function countWaiting(mail: readonly WaitingMail[]): void {
  metrics.waiting.reset();
  metrics.oldestWaitingSeconds.reset();
  const oldest = new Map<string, { tenant: string; reason: string; seconds: number }>();
  for (const each of mail) {
    const { tenant, stage, kind, emails, oldestMs } = each;
    const reason = waitReason(each);
    metrics.waiting.inc({ tenant, stage, kind, reason }, emails);
    const seconds = Math.max(oldest.get(`${tenant} ${reason}`)?.seconds ?? 0, oldestMs / 1000);
    oldest.set(`${tenant} ${reason}`, { tenant, reason, seconds });
  }
  for (const { tenant, reason, seconds } of oldest.values())
    metrics.oldestWaitingSeconds.set({ tenant, reason }, seconds);
}

/** Tells the metrics how many outcomes Kafka has not acknowledged yet. */
export function countOutbox(pending: number): void {
  metrics.outboxPending.set(pending);
}
