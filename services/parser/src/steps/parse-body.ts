import { deadLetter, ok, getRetryDelay, type StepResult } from "@inlet/domain";
import { findSourceKind, withMetadata } from "@inlet/sources";
import { metrics } from "@inlet/telemetry";
import type { Delivery, ParserDeps } from "../intake/incoming-delivery.ts";
import { getTrustedAuthserv } from "./check-sender.ts";
import type { ParseAnswer, ParseJob } from "../workers/parse-job.ts";
import type { PoolAnswer } from "../workers/parse-pool.ts";

/** Starts without an end after which a mail is parsed alone (docs/concepts/protocol.md, section 3). */
const SUSPECT_STARTS = 3;
/** Starts alone without an end after which it is dead-lettered: two, since one may have ended by another cause at that moment. */
const ALONE_STARTS = 2;

export type ParsedBody = Extract<ParseAnswer, { ok: true }>;

/** The email of the post; where the post only says where it lies, fetched from there and read the same way. */
export async function parseBody(deps: ParserDeps, delivery: Delivery, bytes: Buffer): Promise<StepResult<ParsedBody>> {
  const { event, tenant } = delivery;
  const answer = await parsed(deps, delivery, {
    kind: event.source.kind,
    contentType: event.contentType,
    bytes,
    trustedAuthservIds: getTrustedAuthserv(delivery),
  });
  if (answer.kind !== "ok" || answer.value.ok === true) return answer as StepResult<ParsedBody>;
  const { object, metadata } = answer.value;
  const source = tenant.sources.get(event.source.name);
  if (source === undefined)
    return deadLetter("unknown_tenant", "fetch", "the tenant's file has no such source any more");
  const fetched = await deps.fetchObject(object, findSourceKind(source.kind)?.storage?.(source) ?? null);
  if (fetched.kind === "passing") {
    const delayMs = getRetryDelay("fetch", delivery.attempts, deps.random());
    if (delayMs !== null) return { kind: "retry", code: fetched.code, attempt: "fetch", delayMs };
  }
  if (fetched.kind === "passing")
    return deadLetter("retries_exhausted", "fetch", `the stored email cannot be fetched (${fetched.code})`);
  if (fetched.kind !== "ok")
    return deadLetter("blob_missing", "fetch", `the stored email cannot be fetched (${fetched.code})`);
  const read = await parsed(deps, delivery, { kind: "raw-mime", contentType: "message/rfc822", bytes: fetched.bytes });
  if (read.kind !== "ok" || read.value.ok !== true) return read as StepResult<ParsedBody>;
  const told = withMetadata(read.value, metadata);
  return told.kind === "email" ? ok({ ...read.value, email: told.email }) : (read as StepResult<ParsedBody>);
}

type Readable = Extract<ParseAnswer, { ok: true | "elsewhere" }>;

/** One job in the pool; what a worker answers, or how it ended, as an outcome. */
async function parsed(deps: ParserDeps, { event, starts }: Delivery, job: ParseJob): Promise<StepResult<Readable>> {
  const started = performance.now();
  let answer: PoolAnswer | null;
  if (starts <= SUSPECT_STARTS) {
    deps.failpoint(`parse:${event.eventId}`);
    answer = await deps.pool.parse(job);
  } else {
    const { tenantId, eventId } = event;
    answer = await deps.pool
      .parseIsolated(job, {
        begin: async () => {
          if ((await deps.ledger.deliveries.startIsolated(tenantId, eventId)) > ALONE_STARTS) throw new CrashedBefore();
          deps.failpoint(`parse:${eventId}`);
        },
        // Counted back before the next suspect begins: what that one does to the process is not this one's fault.
        end: async () => deps.ledger.deliveries.endIsolated(tenantId, eventId),
      })
      .catch((error: unknown) => {
        if (error instanceof CrashedBefore) return null;
        throw error;
      });
  }
  metrics.parseSeconds.observe((performance.now() - started) / 1000);
  if (answer === null) return deadLetter("crashed_process", "parse", "parsing it, alone, ended the process");
  if (answer.ok !== false) return ok(answer);
  if ("fault" in answer) return deadLetter(answer.fault.code, "parse", answer.fault.message);
  switch (answer.crash) {
    case "timeout":
      return deadLetter("parse_timeout", "parse", answer.message);
    case "out_of_memory":
      return deadLetter("limit_exceeded", "parse", answer.message);
    case "crashed":
      return deadLetter("crashed_process", "parse", answer.message);
  }
}

class CrashedBefore extends Error {}
