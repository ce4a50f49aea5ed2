import { countAttempts } from "@inlet/domain";
import type { SkipReason } from "@inlet/schemas";
import { metrics, type Log } from "@inlet/telemetry";
import type { Disposition } from "./disposition.ts";
import type { FinishedDelivery } from "./finished-delivery.ts";

/** One wide line and the counters of each ending. */
export function reportFinish(
  log: Log,
  delivery: FinishedDelivery,
  ending: Exclude<Disposition, { kind: "skip" }>,
  now: number,
): void {
  const { tenant, service, stage } = delivery;
  const line = {
    ...ids(delivery),
    decision: ending.kind,
    ...("reason" in ending ? { reason: ending.reason } : {}),
    ...("code" in ending ? { code: ending.code, delayMs: ending.delayMs } : {}),
    ...(ending.kind === "deadLetter" ? { step: ending.step, detail: ending.detail } : {}),
    pass: delivery.pass,
    attempt: countAttempts(delivery.attempts) + 1,
    endToEndMs: now - delivery.receivedAt,
    warnings: delivery.warnings.length,
    ...delivery.line,
  };
  if (ending.kind === "retry" || ending.kind === "park") {
    if (ending.kind === "retry" && ending.attempt !== null) metrics.retries.inc({ tenant, stage });
    log.info(line, "email waits");
    return;
  }
  const state = ending.kind === "written" ? "written" : ending.kind === "suppress" ? "suppressed" : "dead_lettered";
  metrics.outcomes.inc({ tenant, state, reason: "reason" in ending ? ending.reason : "" });
  metrics.endToEndSeconds.observe({ tenant, state }, Math.max(0, now - delivery.receivedAt) / 1000);
  if (ending.kind === "deadLetter") {
    metrics.deadLetters.inc({ service, step: ending.step, reason: ending.reason });
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
