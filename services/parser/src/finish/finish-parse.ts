import { type Ending } from "@inlet/domain";
import { outcomeRecord } from "@inlet/event-codec";
import { deadLetterOf, type KafkaRecord } from "@inlet/kafka";
import type { TryEnd } from "@inlet/ledger";
import { metrics, traceIdOf } from "@inlet/telemetry";
import type { ParserDeps } from "../intake/incoming-delivery.ts";

const SERVICE = "parser";

/** Whose record it is, also where the record itself cannot be read. */
export interface Ids {
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
  readonly pass: number;
  readonly attempt: number;
  readonly since: number | null;
  readonly receivedAt: number;
  readonly maxAgeMs: number;
}

/** The one place of the parser that acts on an early ending: the dead letter first, then the ledger in one transaction. */
export async function endParse(deps: ParserDeps, record: KafkaRecord, ids: Ids, given: Ending): Promise<void> {
  const now = deps.now();
  const waitedMs = ids.since === null ? 0 : now - ids.since;
  const ending = given.kind === "retry" && waitedMs >= ids.maxAgeMs ? tooOld(given.code) : given;
  const base = {
    tenant: ids.tenant,
    eventId: ids.eventId,
    service: SERVICE,
    stage: "parse" as const,
    parsedAt: 0,
    pass: ids.pass,
    effects: [],
  };
  if (ending.kind === "retry") {
    const attempt = ids.attempt + (ending.attempt ? 1 : 0);
    if (ending.attempt) metrics.retries.inc({ tenant: ids.tenant, stage: "parse" });
    deps.log.info(
      {
        tenant: ids.tenant,
        event_id: ids.eventId,
        code: ending.code,
        attempt,
        delayMs: ending.delayMs,
      },
      "delivery waits",
    );
    await deps.ledger.finish({ ...base, attempt, to: waiting(record, ids, ending, waitedMs) });
    return;
  }
  if (ending.kind !== "deadLetter") throw new TypeError(`the parser has no ending ${ending.kind}`);
  const at = await deps.producer.send(
    deadLetterOf(record, {
      tenant: ids.tenant,
      eventId: ids.eventId,
      service: SERVICE,
      step: ending.step,
      reason: ending.reason,
      message: ending.detail,
      attempts: ids.attempt + 1,
      firstFailure: ids.since ?? now,
      traceId: traceIdOf() ?? null,
    }),
  );
  deps.reach("after-dead-letter");
  await deps.ledger.finish({
    ...base,
    attempt: ids.attempt,
    to: {
      state: "dead_lettered",
      reason: ending.reason,
      detail: ending.detail,
      duplicateOf: null,
      warnings: [],
      evidence: ending.evidence ?? {},
      summary: [],
      contentHash: null,
      mappingVersion: null,
      deadLetter: at,
      endedAt: now,
      outbox: await outcomeRecord(deps.codec, {
        eventId: ids.eventId,
        tenantId: ids.tenant,
        lane: ids.lane,
        emailKey: null,
        state: "dead_lettered",
        reason: ending.reason,
        warnings: [],
        duplicateOf: null,
        crm: null,
        effects: [],
        pass: ids.pass,
        attempts: ids.attempt + 1,
        receivedAt: ids.receivedAt,
        endedAt: now,
      }),
    },
  });
  metrics.outcomes.inc({ tenant: ids.tenant, state: "dead_lettered", reason: ending.reason });
  metrics.deadLetters.inc({ service: SERVICE, step: ending.step, reason: ending.reason });
  deps.log.warn(
    { tenant: ids.tenant, event_id: ids.eventId, reason: ending.reason, step: ending.step, detail: ending.detail },
    "delivery dead-lettered",
  );
}

function tooOld(code: string): Ending {
  return { kind: "deadLetter", reason: "too_old", step: "parse", detail: `waited beyond the tenant's maxAge: ${code}` };
}

function waiting(
  record: KafkaRecord,
  ids: Ids,
  ending: Extract<Ending, { kind: "retry" }>,
  waitedMs: number,
): TryEnd["to"] {
  return {
    state: "waiting",
    kind: "retry",
    code: ending.code,
    // Looked at again when it is too old at the latest.
    delayMs: Math.min(ending.delayMs ?? 0, Math.max(ids.maxAgeMs - waitedMs, 0)),
    lane: ids.lane,
    conversationId: null,
    record,
  };
}
