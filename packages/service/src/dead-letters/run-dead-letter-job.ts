import { setTimeout as sleep } from "node:timers/promises";
import { buildReplay, type KafkaRecord, type Producer, type RecordReader } from "@inlet/kafka";
import { toDeadLetterJob, type DeadLetter, type DeadLetterJob, type Job, type Ledger } from "@inlet/ledger";
import { tracer, type Log } from "@inlet/telemetry";

export interface DeadLetterDeps {
  readonly ledger: {
    readonly jobs: Pick<Ledger["jobs"], "take" | "report" | "letGo" | "finish" | "noteEmails">;
    readonly deadLetters: Pick<Ledger["deadLetters"], "list" | "discard">;
    readonly effects: Pick<Ledger["effects"], "listUnknown">;
    readonly deliveries: Pick<Ledger["deliveries"], "appendJourneyEvent">;
  };
  readonly producer: Pick<Producer, "send">;
  readonly reader: Pick<RecordReader, "read">;
  readonly log: Log;
  /** Unique to this process: the holder of its jobs. */
  readonly instance: string;
  readonly failpoint: (point: string) => void;
}

/** How long a job whose holder died stands still, ms. */
export const LEASE_MS = 20_000;
/** Most at a time: each may be a MiB. */
const PAGE = 50;
/** A page takes a second of the rate, or a part of it. */
const SECOND_MS = 1_000;

type Result = "replayed" | "discarded" | "gone" | "to_be_settled" | "changed";

/**
 * Works at a set of dead letters that was frozen when it was asked for, a page at a time. A dead letter that is sent again stays one until its
 * service reads the record: whatever is killed, the next holder goes on behind the last page that was told of, and what is sent twice is
 * passed over.
 */
export async function runDeadLetterJob(deps: DeadLetterDeps, job: Job, stop: AbortSignal): Promise<void> {
  const { ledger, instance } = deps;
  const work = toDeadLetterJob(job);
  const held = { id: job.id, holder: instance, leaseMs: LEASE_MS };
  const results: Record<string, number> = { ...job.results };
  let { after } = work;
  let { done } = job;
  for (let current: Job | null = job; current !== null;) {
    if (current.wanted === "cancel") {
      await ledger.jobs.finish(held, { state: "cancelled" });
      return;
    }
    if (stop.aborted || current.wanted === "pause") {
      await ledger.jobs.letGo(job.id, instance);
      return;
    }
    const limit = Math.max(1, Math.min(PAGE, work.perSecond));
    const page = await ledger.deadLetters.list(work.set, { lane: job.lane, after, limit });
    const last = page.at(-1);
    if (last === undefined) {
      await ledger.jobs.finish(held, { state: "done" });
      return;
    }
    const begun = performance.now();
    const ended = await handlePage(deps, job, work, page);
    for (const result of ended) results[result] = (results[result] ?? 0) + 1;
    await ledger.jobs.noteEmails(
      job.id,
      page.map(({ tenant, eventId, reason }, index) => {
        const result = ended[index] ?? "changed";
        return { tenant, eventId, result, reason, detail: null, changes: [] };
      }),
    );
    deps.failpoint("after-dead-letters");
    after = { endedAt: last.endedAt, tenant: last.tenant, eventId: last.eventId };
    done += page.length;
    current = await ledger.jobs.report(held, { done, results, place: { after } });
    const restMs = (page.length / work.perSecond) * SECOND_MS - (performance.now() - begun);
    if (restMs > 0) await sleep(restMs, undefined, { signal: stop }).catch(() => {});
  }
}

async function handlePage(
  deps: DeadLetterDeps,
  job: Job,
  { act }: DeadLetterJob,
  page: readonly DeadLetter[],
): Promise<Result[]> {
  if (act === "discard") {
    const discarded = await deps.ledger.deadLetters.discard(page, { actor: job.actor, why: job.why ?? "" });
    return page.map((_, index) => (index < discarded ? "discarded" : "changed"));
  }
  const places = page.flatMap(({ at }) => (at === null ? [] : [{ ...at, offset: BigInt(at.offset) }]));
  const records = await deps.reader.read(places);
  let next = 0;
  const found = page.map((letter) => ({ letter, record: letter.at === null ? null : (records[next++] ?? null) }));
  return Promise.all(found.map(async ({ letter, record }) => sendAgain(deps, job, letter, record)));
}

async function sendAgain(
  { ledger, producer }: DeadLetterDeps,
  job: Job,
  { tenant, eventId, reason, pass, traceId }: DeadLetter,
  record: KafkaRecord | null,
): Promise<Result> {
  if (record === null) return "gone";
  // A person has to say first what became of it in the CRM.
  if (reason === "outcome_unknown" && (await ledger.effects.listUnknown(tenant, eventId)).length > 0)
    return "to_be_settled";
  const replay = buildReplay(record, pass + 1);
  if (replay === null) return "gone";
  const links = traceId === null ? [] : [{ context: { traceId, spanId: replay.spanId, traceFlags: 1 } }];
  return tracer("inlet").startActiveSpan(
    "replay dead letter",
    { root: true, links, attributes: { "inlet.tenant": tenant, "inlet.event_id": eventId } },
    async (span): Promise<Result> => {
      try {
        await producer.send(replay.record);
        const detail = { pass: pass + 1, from: "dlq", by: job.actor, job: job.id };
        await ledger.deliveries.appendJourneyEvent(tenant, eventId, "crm-sink", "replayed", detail);
        return "replayed";
      } finally {
        span.end();
      }
    },
  );
}
