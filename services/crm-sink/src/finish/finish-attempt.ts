import { outcomeRecord } from "@inlet/event-codec";
import { deadLetter, type Ending } from "@inlet/domain";
import { deadLetterOf } from "@inlet/kafka";
import type { TryEnd } from "@inlet/ledger";
import { H, type DeadLetterReason } from "@inlet/schemas";
import { metrics, traceIdOf } from "@inlet/telemetry";
import type { EmailTry } from "../attempt.ts";
import type { Delivered } from "../pipeline.ts";

const SERVICE = "crm-sink";

/** The one place that acts on how a try ended: dead letter first, then everything else in one transaction of the ledger. */
export async function carryOut(email: EmailTry, delivered: Delivered): Promise<void> {
  const ending = unlessTooOld(email, delivered);
  if (ending.kind === "skip") {
    metrics.droppedRecords.inc({ service: SERVICE, why: ending.why });
    email.deps.log.debug({ ...ids(email), why: ending.why }, "record skipped");
    return;
  }
  email.deps.reach("before-end");
  const to = ending.kind === "retry" || ending.kind === "park" ? waiting(email, ending) : await final(email, ending);
  await email.deps.ledger.finish({
    tenant: email.event.tenantId,
    eventId: email.event.eventId,
    service: SERVICE,
    stage: "deliver",
    parsedAt: email.event.parsedAt,
    pass: email.pass,
    attempt: email.attempt + (ending.kind === "retry" && ending.attempt ? 1 : 0),
    effects: email.effects.ends(),
    to,
  });
  email.deps.reach("after-end");
  report(email, ending);
}

type Ends = Exclude<Delivered, { kind: "skip" }>;

/** What has waited beyond the tenant's maxAge is not sent to wait again. */
function unlessTooOld(email: EmailTry, ending: Delivered): Delivered {
  if (ending.kind !== "retry" && ending.kind !== "park") return ending;
  return leftMs(email) < 0 ? tooOld(email, ending.code) : ending;
}

/** ms until the email has waited for the tenant's maxAge; less than 0: it has. */
function leftMs({ arrival, deps, tenant }: EmailTry): number {
  return tenant.maxAgeMs - (arrival.from === "waiting" ? deps.now() - arrival.since : 0);
}

/** The end of an email that has waited beyond the tenant's maxAge under `code`. */
export function tooOld({ arrival, deps }: EmailTry, code: string): Ending {
  const waitedMs = arrival.from === "waiting" ? deps.now() - arrival.since : 0;
  return deadLetter("too_old", "deliver", `waited ${Math.round(waitedMs / 1000)} s: ${code}`);
}

function waiting(email: EmailTry, ending: Extract<Ends, { kind: "retry" | "park" }>): TryEnd["to"] {
  return {
    state: "waiting",
    kind: ending.kind === "retry" ? "retry" : "parked",
    code: ending.code,
    // Whatever a CRM asked for: the email is not left lying beyond its own end.
    delayMs: Math.min(ending.delayMs ?? 0, leftMs(email)),
    lane: email.event.lane,
    conversationId: email.conversationId,
    record: email.arrival.record,
  };
}

async function final(
  email: EmailTry,
  ending: Extract<Ends, { kind: "written" | "suppress" | "deadLetter" }>,
): Promise<TryEnd["to"]> {
  const { deps, event, arrival } = email;
  const state = ending.kind === "written" ? "written" : ending.kind === "suppress" ? "suppressed" : "dead_lettered";
  const reason = ending.kind === "written" ? null : ending.reason;
  const detail = ending.kind === "deadLetter" ? ending.detail : null;
  const duplicateOf = ending.kind === "suppress" ? (ending.duplicateOf ?? null) : null;
  const endedAt = deps.now();
  const letter =
    ending.kind === "deadLetter"
      ? await deps.producer.send(
          deadLetterOf(arrival.record, {
            tenant: event.tenantId,
            eventId: event.eventId,
            service: SERVICE,
            step: ending.step,
            reason: ending.reason satisfies DeadLetterReason,
            message: ending.detail,
            attempts: email.attempt + 1,
            firstFailure: arrival.from === "waiting" ? arrival.since : endedAt,
            traceId: traceIdOf() ?? null,
          }),
        )
      : null;
  if (letter !== null) deps.reach("after-dead-letter");
  const outbox = await outcomeRecord(deps.codec, {
    eventId: event.eventId,
    tenantId: event.tenantId,
    lane: event.lane,
    emailKey: event.emailKey,
    state,
    reason,
    warnings: email.warnings,
    duplicateOf,
    crm: email.crm.kind,
    // A contact's key is an address: outcomes carry a digest.
    effects: email.summary.map(({ effect, key, recordId }) => ({
      effect,
      key: effect === "contact" ? H(key) : key,
      recordId,
    })),
    pass: email.pass,
    attempts: email.attempt + 1,
    receivedAt: event.receivedAt,
    endedAt,
  });
  return {
    state,
    reason,
    detail,
    duplicateOf,
    warnings: email.warnings,
    notices: state === "written" ? email.notices : [],
    evidence: email.evidence,
    summary: email.summary,
    contentHash: event.contentHash,
    mappingVersion: email.tenant.mappingVersion,
    deadLetter: letter,
    endedAt,
    outbox,
  };
}

/** One wide line and the counters per outcome. */
function report(email: EmailTry, ending: Ends): void {
  const { event, deps } = email;
  const now = deps.now();
  const line = {
    ...ids(email),
    decision: ending.kind,
    ...("reason" in ending ? { reason: ending.reason } : {}),
    ...("code" in ending ? { code: ending.code, delayMs: ending.delayMs } : {}),
    ...(ending.kind === "deadLetter" ? { step: ending.step, detail: ending.detail } : {}),
    pass: email.pass,
    attempt: email.attempt + 1,
    tryMs: Math.round(deps.monotonic() - email.startedAt),
    endToEndMs: now - event.receivedAt,
    warnings: email.warnings.length,
  };
  if (ending.kind === "retry" || ending.kind === "park") {
    if (ending.kind === "retry" && ending.attempt) metrics.retries.inc({ tenant: event.tenantId, stage: "deliver" });
    deps.log.info(line, "email waits");
    return;
  }
  const state = ending.kind === "written" ? "written" : ending.kind === "suppress" ? "suppressed" : "dead_lettered";
  metrics.outcomes.inc({ tenant: event.tenantId, state, reason: "reason" in ending ? ending.reason : "" });
  metrics.endToEndSeconds.observe({ tenant: event.tenantId, state }, (now - event.receivedAt) / 1000);
  if (ending.kind === "deadLetter") deps.log.warn(line, "email dead-lettered");
  else deps.log.info(line, `email ${state}`);
}

function ids(email: EmailTry): object {
  return { tenant: email.event.tenantId, event_id: email.event.eventId, email_key: email.event.emailKey };
}
