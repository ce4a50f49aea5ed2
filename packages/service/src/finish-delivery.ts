import { countAttempts, deadLetter, useAttempt, type EarlyDisposition } from "@inlet/domain";
import { outcomeRecord, type Codec } from "@inlet/event-codec";
import { buildDeadLetter, type Producer } from "@inlet/kafka";
import type { Ledger, AttemptResult } from "@inlet/ledger";
import { getTraceId, type Log } from "@inlet/telemetry";
import type { Disposition } from "./disposition.ts";
import type { FinalState, FinishedDelivery } from "./finished-delivery.ts";
import { reportFinish, reportSkip } from "./report-finish.ts";

/** What finishing works with. */
export interface FinishDeps {
  readonly ledger: { readonly deliveries: Pick<Ledger["deliveries"], "finish"> };
  readonly codec: Codec;
  readonly producer: Pick<Producer, "send">;
  readonly log: Log;
  /** Epoch ms. */
  readonly now: () => number;
  /** Failure tests end the process at named points. */
  readonly failpoint: (point: string) => void;
}

type Ends = Exclude<Disposition, { kind: "skip" }>;

/** The one place that acts on how a try ended: the dead letter first, then everything else in one transaction of the ledger. */
export async function finishDelivery(deps: FinishDeps, delivery: FinishedDelivery, given: Disposition): Promise<void> {
  if (given.kind === "skip") return reportSkip(deps.log, delivery, given.why);
  const now = deps.now();
  const disposition = unlessTooOld(delivery, given, now);
  deps.failpoint("before-end");
  const attempts =
    disposition.kind === "retry" ? useAttempt(delivery.attempts, disposition.attempt) : delivery.attempts;
  await deps.ledger.deliveries.finish({
    tenant: delivery.tenant,
    eventId: delivery.eventId,
    service: delivery.service,
    stage: delivery.stage,
    parsedAt: delivery.parsedAt,
    pass: delivery.pass,
    attempt: countAttempts(attempts),
    attempts: { ...attempts },
    effects: delivery.effects,
    to:
      disposition.kind === "retry" || disposition.kind === "park"
        ? toWaiting(delivery, disposition, now)
        : await toFinal(deps, delivery, disposition, now),
  });
  deps.failpoint("after-end");
  reportFinish(deps.log, delivery, disposition, now);
}

/** What has waited beyond the tenant's maxAge is not sent to wait again. */
function unlessTooOld(delivery: FinishedDelivery, disposition: Ends, now: number): Ends {
  if (disposition.kind !== "retry" && disposition.kind !== "park") return disposition;
  return leftMs(delivery, now) <= 0 ? tooOld(delivery, disposition.code, now) : disposition;
}

/** ms until the delivery has waited for as long as it may. */
function leftMs({ maxAgeMs, since }: FinishedDelivery, now: number): number {
  return since === null ? maxAgeMs : maxAgeMs - (now - since);
}

/** The end of a delivery that has waited beyond the tenant's maxAge under `code`. */
export function tooOld(
  { stage, since }: Pick<FinishedDelivery, "stage" | "since">,
  code: string,
  now: number,
): Extract<EarlyDisposition, { kind: "deadLetter" }> {
  return deadLetter("too_old", stage, `waited ${Math.round((since === null ? 0 : now - since) / 1000)} s: ${code}`);
}

function toWaiting(
  delivery: FinishedDelivery,
  disposition: Extract<Ends, { kind: "retry" | "park" }>,
  now: number,
): AttemptResult["to"] {
  return {
    state: "waiting",
    kind: disposition.kind === "retry" ? "retry" : "parked",
    code: disposition.code,
    // Whatever a CRM asked for: it is not left lying beyond its own end.
    delayMs: Math.min(disposition.delayMs ?? 0, leftMs(delivery, now)),
    lane: delivery.lane,
    conversationId: delivery.conversationId,
    record: delivery.record,
  };
}

async function toFinal(
  deps: FinishDeps,
  delivery: FinishedDelivery,
  disposition: Extract<Ends, { kind: "written" | "suppress" | "deadLetter" }>,
  now: number,
): Promise<FinalState> {
  const { tenant, eventId, warnings, summary, contentHash, mappingVersion } = delivery;
  const state =
    disposition.kind === "written" ? "written" : disposition.kind === "suppress" ? "suppressed" : "dead_lettered";
  const reason = disposition.kind === "written" ? null : disposition.reason;
  const duplicateOf = disposition.kind === "suppress" ? (disposition.duplicateOf ?? null) : null;
  const attempts = countAttempts(delivery.attempts) + 1;
  const letter = disposition.kind === "deadLetter" ? await sendDeadLetter(deps, delivery, disposition, now) : null;
  const outbox = await outcomeRecord(deps.codec, {
    eventId,
    tenantId: tenant,
    lane: delivery.lane,
    emailKey: delivery.emailKey,
    state,
    reason,
    warnings: [...warnings],
    duplicateOf,
    crm: delivery.crm,
    effects: delivery.told,
    pass: delivery.pass,
    attempts,
    receivedAt: delivery.receivedAt,
    endedAt: now,
  });
  return {
    state,
    reason,
    detail: disposition.kind === "deadLetter" ? disposition.detail : null,
    duplicateOf,
    warnings,
    notifications: state === "written" ? delivery.notifications : [],
    evidence: { ...delivery.evidence, ...(disposition.kind === "deadLetter" ? disposition.evidence : {}) },
    summary,
    contentHash,
    mappingVersion,
    deadLetter: letter,
    endedAt: now,
    outbox,
  };
}

async function sendDeadLetter(
  deps: FinishDeps,
  delivery: FinishedDelivery,
  { step, reason, detail }: Extract<Ends, { kind: "deadLetter" }>,
  now: number,
): Promise<FinalState["deadLetter"]> {
  const { tenant, eventId, service, since } = delivery;
  const at = await deps.producer.send(
    buildDeadLetter(delivery.record, {
      tenant,
      eventId,
      service,
      step,
      reason,
      message: detail,
      attempts: countAttempts(delivery.attempts) + 1,
      firstFailure: since ?? now,
      traceId: getTraceId() ?? null,
    }),
  );
  deps.failpoint("after-dead-letter");
  return at;
}
