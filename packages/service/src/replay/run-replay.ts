import { setTimeout as sleep } from "node:timers/promises";
import { headerText, type Admin, type BatchOutcome, type Kafka, type KafkaRecord } from "@inlet/kafka";
import { toReplay, type Job, type Ledger, type Replay } from "@inlet/ledger";
import { HEADER } from "@inlet/schemas";
import { errorForLog, type Log } from "@inlet/telemetry";
import { reportFault } from "../report-fault.ts";
import { isMeant } from "./read-ranges.ts";
import { createReplayProgress, type ReplayProgress } from "./replay-progress.ts";

/** What a service makes of records that are read again. */
export interface ReplayHandler {
  /**
   * Handles records of one partition, in their order. Answers how many of them, from the first, are done; those behind are read again. Rejects
   * on a fault of Inlet's infrastructure: then none of them counts.
   */
  handle(
    records: readonly KafkaRecord[],
    context: { readonly signal: AbortSignal; readonly count: (index: number, result: string) => void },
  ): Promise<number>;
}

export interface ReplayDeps {
  readonly kafka: Kafka;
  readonly ledger: Pick<Ledger, "jobs">;
  readonly log: Log;
  readonly service: "parser" | "crm-sink";
  /** Unique to this process: the holder of its jobs. */
  readonly instance: string;
  /** Failure tests end the process at named points. */
  readonly failpoint: (point: string) => void;
  readonly handlerFor: (replay: Replay) => ReplayHandler;
  /** How often it tells how far it is, and hears what is wanted, ms. Default 1 s. */
  readonly reportMs?: number;
  /** How long what is under way may take when it stops, ms; beyond it the rest of a slice is read again. Default 5 s. */
  readonly graceMs?: number;
}

/** How long a replay whose holder died stands still, ms. */
export const LEASE_MS = 10_000;
const REPORT_MS = 1_000;
const GRACE_MS = 5_000;
/** How often it is asked whether Kafka has deleted what is still to be read, in reports. */
const LOOK_EVERY = 10;
/** A partition of which nothing more is meant is not fetched, ms. */
const NOTHING_MORE_MS = 3_600_000;
const FAULT_PAUSE_MS = 1_000;
/** In one look-up, and what is decoded at a stretch: live mail takes its turns in between. */
const MAX_RECORDS = 100;
const MAX_FETCH_BYTES = 512 * 1024;
/** How long it rests after each slice, against the time that the slice took: the process is live mail's first of all. */
const REST = 0.5;
/** One that took its time by waiting leaves room enough, ms. */
const LONGEST_REST_MS = 50;

type End = "done" | "lost" | "stopped" | "pause" | "cancel";

/** Works at a replay that this process holds until it has ended, is let go, or another process has it. */
export async function runReplay(deps: ReplayDeps, job: Job, stop: AbortSignal): Promise<void> {
  const { kafka, ledger, log, instance } = deps;
  const replay = toReplay(job);
  const held = { id: job.id, holder: instance, leaseMs: LEASE_MS };
  const admin = await kafka.admin();
  try {
    const progress = createReplayProgress(replay, job);
    const end = job.wanted ?? (await read(deps, replay, { progress, admin, stop }));
    if (end === "lost") return;
    const kept = await ledger.jobs.report(held, progress.report());
    if (kept === null) return;
    log.info({ job: job.id, name: job.name, end, ...progress.report() }, "replay stopped or ended");
    // An instance that stops while it is cancelled ends it all the same.
    const cancelled = end === "cancel" || kept.wanted === "cancel";
    if (!cancelled && end !== "done") {
      await ledger.jobs.letGo(job.id, instance);
      return;
    }
    deps.failpoint("before-replay-end");
    await deleteGroup(admin, replay.groupId);
    await ledger.jobs.finish(held, { state: cancelled ? "cancelled" : "done" });
  } finally {
    await admin.close();
  }
}

interface Reading {
  readonly progress: ReplayProgress;
  readonly admin: Admin;
  readonly stop: AbortSignal;
}

async function read(deps: ReplayDeps, replay: Replay, { progress, admin, stop }: Reading): Promise<End> {
  const { kafka, log } = deps;
  await skipDeleted(admin, replay, progress);
  if (progress.isDone()) return "done";
  const consumer = kafka.consumer({
    groupId: replay.groupId,
    topic: replay.topic,
    maxRecords: MAX_RECORDS,
    maxFetchBytes: MAX_FETCH_BYTES,
    concurrency: 2,
    startAt: (partition) => toOffset(progress.position(partition)),
    handler: createHandler(deps, replay, progress),
    onAlert: ({ code, message, detail }) => log.warn({ ...detail, code, job: replay.id }, message),
  });
  try {
    await consumer.start();
    return await Promise.race([
      watch(deps, replay, { progress, admin, stop }),
      // It died: the next holder goes on.
      consumer.closed.then((): End => "stopped"),
    ]);
  } finally {
    await consumer.stop(deps.graceMs ?? GRACE_MS);
  }
}

/** Tells how far it is, and hears what is wanted, until there is a reason to end. */
async function watch(deps: ReplayDeps, replay: Replay, { progress, admin, stop }: Reading): Promise<End> {
  const { ledger, log, instance, reportMs = REPORT_MS } = deps;
  for (let round = 1; ; round += 1) {
    if (stop.aborted) return "stopped";
    if (progress.isDone()) return "done";
    try {
      const job = await ledger.jobs.report({ id: replay.id, holder: instance, leaseMs: LEASE_MS }, progress.report());
      if (job === null) return "lost";
      if (job.wanted !== null) return job.wanted;
      if (round % LOOK_EVERY === 0) await skipDeleted(admin, replay, progress);
    } catch (error) {
      log.warn({ err: errorForLog(error), job: replay.id }, "a replay cannot tell how far it is");
    }
    await sleep(reportMs, undefined, { signal: stop }).catch(() => {});
  }
}

function createHandler(deps: ReplayDeps, replay: Replay, progress: ReplayProgress) {
  const handler = deps.handlerFor(replay);
  const ends = new Map(replay.ranges.map(({ partition, to }) => [partition, BigInt(to)]));
  return async (records: readonly KafkaRecord[], { signal }: { signal: AbortSignal }): Promise<BatchOutcome> => {
    const [first] = records;
    const end = first === undefined ? undefined : ends.get(first.partition);
    if (first === undefined || end === undefined) return { processedThrough: null, pauseMs: NOTHING_MORE_MS };
    const inside = records.filter(({ offset }) => offset < end);
    const slice = progress.beginSlice(first.partition);
    const meant = inside.filter((record) => isMeant(record, replay.filter));
    const results = new Map<number, string>();
    let handled = 0;
    const began = performance.now();
    try {
      handled = await handler.handle(meant, {
        signal,
        count: (index, result) => {
          results.set(index, result);
          slice.count(index, result);
        },
      });
    } catch (error) {
      reportFault(deps.service, deps.log, error);
    }
    await noteEmails(deps, replay.id, meant.slice(0, handled), results);
    const undone = meant[handled];
    const at = inside.findIndex((record) => record === undone);
    const through = inside[at === -1 ? inside.length - 1 : at - 1]?.offset ?? null;
    const past = undone === undefined && inside.length < records.length;
    const next = through === null ? Number(first.offset) : Number(through) + 1;
    slice.settle(past ? Number(end) : next, handled);
    deps.failpoint("replay-slice");
    await sleep(Math.min((performance.now() - began) * REST, LONGEST_REST_MS), undefined, { signal }).catch(() => {});
    if (past || next >= Number(end)) return { processedThrough: through, pauseMs: NOTHING_MORE_MS };
    return {
      processedThrough: through,
      ...(undone === undefined || signal.aborted ? {} : { pauseMs: FAULT_PAUSE_MS }),
    };
  };
}

/** For the job's page alone: what cannot be noted holds up nothing. */
async function noteEmails(
  { ledger, log }: Pick<ReplayDeps, "ledger" | "log">,
  id: string,
  records: readonly KafkaRecord[],
  results: ReadonlyMap<number, string>,
): Promise<void> {
  const emails = records.flatMap(({ headers }, index) => {
    const [result, tenant, eventId] = [
      results.get(index),
      headerText(headers, HEADER.tenant),
      headerText(headers, HEADER.eventId),
    ];
    if (result === undefined || result === "unchanged" || tenant === undefined || eventId === undefined) return [];
    return [{ tenant, eventId, result, reason: null, detail: null, changes: [] }];
  });
  await ledger.jobs
    .noteEmails(id, emails)
    .catch((error: unknown) => log.warn({ err: errorForLog(error), job: id }, "emails of a replay cannot be noted"));
}

async function skipDeleted(admin: Admin, { topic }: Replay, progress: ReplayProgress): Promise<void> {
  for (const { partition, low } of await admin.topicOffsets(topic)) progress.skipTo(partition, Number(low));
}

/** The member that has just left may count for a moment. */
async function deleteGroup(admin: Admin, groupId: string): Promise<void> {
  for (let left = 20; ; left -= 1) {
    try {
      await admin.deleteGroup(groupId);
      return;
    } catch (error) {
      if (left === 0) throw error;
      await sleep(250);
    }
  }
}

function toOffset(position: number | null): bigint | undefined {
  return position === null ? undefined : BigInt(position);
}
