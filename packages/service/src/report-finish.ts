import { countAttempts } from "@inlet/domain";
import type { SkipReason } from "@inlet/schemas";
import { metrics, type Log } from "@inlet/telemetry";
import type { Disposition } from "./disposition.ts";
import type { FinishedDelivery } from "./finished-delivery.ts";

/** One wide line and the counters of each ending. */
export function reportFinish(
  log: Log,
  delivery: FinishedDelivery,
  disposition: Exclude<Disposition, { kind: "skip" }>,
  now: number,
): void {
  const { tenant, service, stage } = delivery;
  const line = {
    ...ids(delivery),
    decision: disposition.kind,
    ...("reason" in disposition ? { reason: disposition.reason } : {}),
    ...("code" in disposition ? { code: disposition.code, delayMs: disposition.delayMs } : {}),
    ...(disposition.kind === "deadLetter" ? { step: disposition.step, detail: disposition.detail } : {}),
    pass: delivery.pass,
    attempt: countAttempts(delivery.attempts) + 1,
    endToEndMs: now - delivery.receivedAt,
    warnings: delivery.warnings.length,
    ...delivery.line,
  };
  if (disposition.kind === "retry" || disposition.kind === "park") {
    if (disposition.kind === "retry" && disposition.attempt !== null) metrics.retries.inc({ tenant, stage });
    log.info(line, "email waits");
    return;
  }
  const state =
    disposition.kind === "written" ? "written" : disposition.kind === "suppress" ? "suppressed" : "dead_lettered";
  metrics.outcomes.inc({ tenant, state, reason: "reason" in disposition ? disposition.reason : "" });
  metrics.endToEndSeconds.observe({ tenant, state }, Math.max(0, now - delivery.receivedAt) / 1000);
  if (disposition.kind === "deadLetter") {
    metrics.deadLetters.inc({ service, step: disposition.step, reason: disposition.reason });
    log.warn(line, "email dead-lettered");
  } else log.info(line, `email ${state}`);
}

/** A record of which nothing was left to do. */
export function reportSkip(log: Log, delivery: FinishedDelivery, why: SkipReason): void {
  metrics.droppedRecords.inc({ service: delivery.service, why });
  log.debug({ ...ids(delivery), why }, "record skipped");
}

function ids({ tenant, eventId, emailKey }: FinishedDelivery): object {
  return { tenant, event_id: eventId, ...(emailKey === null ? {} : { email_key: emailKey }) };
}
