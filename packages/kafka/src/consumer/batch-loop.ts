import { createBackoff } from "@inlet/resilience";
import type { EachBatchPayload } from "kafkajs";
import { runHandler } from "./batch-outcome.ts";
import { getReason } from "../connection.ts";
import { endIfRebalanced } from "./generation.ts";
import type { Generation } from "./generation.ts";
import type { SeekBack } from "./seek-back.ts";
import type { KafkaLog } from "../log.ts";
import type { BatchHandler, KafkaRecord } from "../port.ts";
import { toRecord } from "../record.ts";

export interface BatchLoopOptions {
  readonly topic: string;
  readonly groupId: string;
  readonly handler: BatchHandler;
  readonly maxRecords: number;
  readonly heartbeatIntervalMs: number;
  readonly log: KafkaLog;
  /** The generation now; null before the first join and after a crash. */
  generation(): Generation | null;
  /** Aborts when the consumer's grace for stopping is over. */
  readonly stopSignal: AbortSignal;
  pause(partition: number, ms: number): void;
  readonly seekBack: Pick<SeekBack, "begin" | "end" | "isAwaited">;
  /** Called with the first record of a batch whose offset is above the expected one. */
  onGap(partition: number, expected: bigint, found: bigint): void;
}

const COMMIT_ATTEMPTS = 5;

/**
 * What happens to one fetched batch of one partition. Nothing is resolved or committed but the contiguous prefix that the handler
 * reports; returning without resolving the rest makes the next fetch start there.
 */
export function createBatchLoop(options: BatchLoopOptions): (payload: EachBatchPayload) => Promise<void> {
  return async (payload) => {
    const { partition, messages } = payload.batch;
    const generation = options.generation();
    if (generation === null) return;
    // kafkajs still hands out batches that queued behind the one that met the rebalance.
    if (generation.error instanceof Error) throw generation.error;
    if (generation.signal.aborted || !generation.partitions.has(partition)) return;
    noteGap(options, generation, partition, messages[0]?.offset);
    options.seekBack.begin(partition);
    const stopHeartbeats = startHeartbeats(options, payload, generation);
    try {
      for (let from = 0; from < messages.length; from += options.maxRecords) {
        if (!payload.isRunning() || payload.isStale() || generation.signal.aborted) break;
        if (options.seekBack.isAwaited(partition)) break;
        const records = messages
          .slice(from, from + options.maxRecords)
          .map((message) => toRecord(options.topic, partition, message));
        if (!(await handleSlice(options, payload, generation, records))) break;
      }
    } finally {
      await options.seekBack.end(partition);
      stopHeartbeats();
    }
    if (generation.error instanceof Error) throw generation.error;
  };
}

/** True when the whole slice is done and the next may follow. */
async function handleSlice(
  options: BatchLoopOptions,
  payload: EachBatchPayload,
  generation: Generation,
  records: readonly KafkaRecord[],
): Promise<boolean> {
  const { partition } = payload.batch;
  const signal = AbortSignal.any([generation.signal, options.stopSignal]);
  const outcome = await runHandler(
    {
      handler: options.handler,
      records,
      signal,
      endOffset: BigInt(payload.batch.highWatermark),
      groupId: options.groupId,
    },
    options.log,
  );
  // A join in the meantime replaced kafkajs' positions: setting ours would be a TypeError inside it, or another member's.
  if (options.generation() !== generation || generation.fenced) return false;
  if (outcome.through !== null) {
    const next = outcome.through + 1n;
    // In this order: what could not be committed is fetched, handled and committed again, even if no record follows it.
    if (!(await commit(options, payload, generation, next))) return false;
    payload.resolveOffset(outcome.through.toString());
    generation.expected.set(partition, next);
  }
  if (outcome.pauseMs > 0) options.pause(partition, outcome.pauseMs);
  return outcome.goOn;
}

/** False when the group moved on, so that the commit, and the partition, are another member's. */
async function commit(
  options: BatchLoopOptions,
  payload: EachBatchPayload,
  generation: Generation,
  next: bigint,
): Promise<boolean> {
  const { partition } = payload.batch;
  const offsets = { topics: [{ topic: options.topic, partitions: [{ partition, offset: next.toString() }] }] };
  const backoff = createBackoff({ firstMs: 200, mostMs: 2_000 });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await payload.commitOffsetsIfNecessary(offsets);
      return options.generation() === generation;
    } catch (error) {
      if (endIfRebalanced(generation, error)) return false;
      if (attempt === COMMIT_ATTEMPTS) throw error;
      options.log.warn(
        { topic: options.topic, groupId: options.groupId, partition, attempt, reason: getReason(error) },
        "offset not committed, trying again",
      );
      await backoff.wait();
      if (options.generation() !== generation || generation.fenced) return false;
    }
  }
}

/** kafkajs beats between batches only; a member that is silent while its handler works would be thrown out of the group. */
function startHeartbeats(options: BatchLoopOptions, payload: EachBatchPayload, generation: Generation): () => void {
  const timer = setInterval(
    () => {
      payload.heartbeat().catch((error: unknown) => {
        if (endIfRebalanced(generation, error)) return;
        options.log.debug({ groupId: options.groupId, reason: getReason(error) }, "heartbeat failed, trying again");
      });
    },
    Math.max(200, options.heartbeatIntervalMs / 3),
  );
  return () => clearInterval(timer);
}

function noteGap(
  options: BatchLoopOptions,
  generation: Generation,
  partition: number,
  firstOffset: string | undefined,
): void {
  const expected = generation.expected.get(partition);
  if (expected === undefined || firstOffset === undefined) return;
  const found = BigInt(firstOffset);
  if (found > expected) options.onGap(partition, expected, found);
}
