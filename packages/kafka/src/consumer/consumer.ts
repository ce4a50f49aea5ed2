import { createBackoff, withTimeout } from "@inlet/resilience";
import { createBatchLoop } from "./batch-loop.ts";
import { newClient, getReason } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { createGeneration } from "./generation.ts";
import type { Generation } from "./generation.ts";
import { createPartitionPauses } from "./partition-pauses.ts";
import type { Consumer, ConsumerOptions } from "../port.ts";
import { createSeekBack } from "./seek-back.ts";
import { createStartPositions } from "./start-positions.ts";

export interface ConsumerSettings {
  /** ms without a heartbeat after which the broker gives the member's partitions away. */
  readonly sessionTimeoutMs: number;
  /** ms after which new partitions are noticed. */
  readonly metadataMaxAgeMs: number;
}

const MiB = 1024 * 1024;
const REBALANCE_TIMEOUT_MS = 60_000;
const HEARTBEAT_MS = 3000;
/** Heartbeats in a row without an answer after which a consumer no longer calls itself healthy. */
const MISSED_BEATS = 4;
/** Longest wait of a fetch for the first byte; also how soon a resumed partition is fetched. */
const MAX_WAIT_MS = 100;
/** Above the largest record of any topic, 1.5 MiB. */
const MAX_BYTES_PER_PARTITION = 2 * MiB;
/**
 * Retries, two seconds apart, before kafkajs gives its membership up and starts as a new member. The broker keeps the old one for a
 * session timeout after it is back, and lets the group wait for it: so an outage of a broker is best outlived.
 */
const OUTAGE_RETRIES = 60;
/** What `stop` waits beyond the grace for handlers that respect the signal. */
const AFTER_GRACE_MS = 5000;

/** One member of a group on kafkajs; the contract is port.ts', the traps it steps round are named where it does. */
export function createConsumer(
  connection: ConnectionOptions,
  options: ConsumerOptions,
  settings: ConsumerSettings,
): Consumer {
  const { topic, groupId } = options;
  const { log } = connection;
  const heartbeatIntervalMs = Math.min(HEARTBEAT_MS, Math.floor(settings.sessionTimeoutMs / 3));
  const kafka = newClient(connection, { requestTimeoutMs: 30_000, retries: OUTAGE_RETRIES }).consumer({
    groupId,
    allowAutoTopicCreation: false,
    sessionTimeout: settings.sessionTimeoutMs,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: heartbeatIntervalMs,
    metadataMaxAge: settings.metadataMaxAgeMs,
    maxWaitTimeInMs: MAX_WAIT_MS,
    minBytes: 1,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
    ...(options.maxFetchBytes === undefined ? {} : { maxBytes: options.maxFetchBytes }),
    retry: { retries: OUTAGE_RETRIES, restartOnFailure: () => Promise.resolve(!stopping) },
  });

  let generation: Generation | null = null;
  let stopping = false;
  let beatenAt = 0;
  const grace = new AbortController();
  const joined = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  // Both are for anyone who listens; no one listening must not end the process.
  joined.promise.catch(() => undefined);
  closed.promise.catch(() => undefined);

  const pauses = createPartitionPauses((partition) => {
    if (generation?.positioned === true && generation.partitions.has(partition)) resume([partition]);
  });
  const positions = createStartPositions(connection, options, {
    isCurrent: (candidate) => candidate === generation && !stopping,
    seek: (partition, offset) => kafka.seek({ topic, partition, offset: offset.toString() }),
    open: (ready) => resume([...ready.partitions].filter((partition) => !pauses.isPaused(partition))),
  });

  const seekBack = createSeekBack({
    generation: () => generation,
    commit: async (partition, offset) => kafka.commitOffsets([{ topic, partition, offset: offset.toString() }]),
    seek: (partition, offset) => kafka.seek({ topic, partition, offset: offset.toString() }),
  });

  function resume(partitions: number[]): void {
    ifRunning(() => kafka.resume([{ topic, partitions }]));
  }

  /** Between a crash and its restart kafkajs refuses these calls; the next join sets everything anew. */
  function ifRunning(act: () => void): void {
    try {
      act();
    } catch (error) {
      log.debug({ groupId, reason: getReason(error) }, "the consumer is restarting");
    }
  }

  function endGeneration(): void {
    if (generation !== null) options.onAssignment?.([]);
    generation?.end();
    generation = null;
  }

  kafka.on(kafka.events.GROUP_JOIN, ({ payload }) => {
    endGeneration();
    const partitions = payload.memberAssignment[topic] ?? [];
    const next = createGeneration(partitions);
    generation = next;
    options.onAssignment?.(partitions);
    beatenAt = performance.now();
    pauses.retain(next.partitions);
    // All closed until the start positions are known; they open what does not rest.
    ifRunning(() => {
      kafka.resume([{ topic }]);
      if (partitions.length > 0) kafka.pause([{ topic, partitions }]);
    });
    log.info({ groupId, topic, partitions }, "joined the consumer group");
    void positions.set(next).finally(() => joined.resolve());
  });
  kafka.on(kafka.events.HEARTBEAT, () => {
    beatenAt = performance.now();
  });
  kafka.on(kafka.events.CRASH, ({ payload }) => {
    endGeneration();
    if (payload.restart || stopping) {
      log.warn({ groupId, topic, reason: getReason(payload.error) }, "the consumer failed and starts again");
      return;
    }
    log.error({ groupId, topic, reason: getReason(payload.error) }, "the consumer died and will not start again");
    pauses.clear();
    const dead = new Error(`consumer ${groupId} on ${topic} died: ${getReason(payload.error)}. Restart the process.`, {
      cause: payload.error,
    });
    joined.reject(dead);
    closed.reject(dead);
  });

  async function connect(): Promise<void> {
    const backoff = createBackoff({ firstMs: 100, mostMs: 2_000 });
    for (;;) {
      if (stopping) throw new Error(`consumer ${groupId} on ${topic} was stopped before it joined`);
      try {
        await kafka.connect();
        await kafka.subscribe({ topic, fromBeginning: true });
        return;
      } catch (error) {
        log.warn({ groupId, topic, reason: getReason(error) }, "the consumer cannot start yet, trying again");
        await backoff.wait();
      }
    }
  }

  async function start(): Promise<void> {
    await connect();
    await kafka.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: options.concurrency ?? 6,
      eachBatch: createBatchLoop({
        topic,
        groupId,
        handler: options.handler,
        maxRecords: options.maxRecords ?? 500,
        heartbeatIntervalMs,
        log,
        generation: () => generation,
        seekBack,
        stopSignal: grace.signal,
        pause: (partition, ms) => {
          pauses.pause(partition, ms);
          ifRunning(() => kafka.pause([{ topic, partitions: [partition] }]));
        },
        onGap: (partition, expected, found) => void positions.reportGap(partition, expected, found),
      }),
    });
    await joined.promise;
  }

  let stopped: Promise<void> | null = null;
  async function stopOnce(graceMs: number): Promise<void> {
    stopping = true;
    pauses.clear();
    joined.reject(new Error(`consumer ${groupId} on ${topic} was stopped before it joined`));
    const abort = setTimeout(() => grace.abort(new Error("the consumer stops")), graceMs);
    try {
      // Waits for running batches, which commit what they did, then leaves the group.
      await withTimeout(graceMs + AFTER_GRACE_MS, kafka.disconnect().catch(getReason), () =>
        log.error({ groupId, topic }, "a batch handler ignores its signal; stopping without it"),
      );
    } finally {
      clearTimeout(abort);
      grace.abort(new Error("the consumer stops"));
      endGeneration();
      await positions.close();
      closed.resolve();
    }
  }

  return {
    start,
    stop: (graceMs = 10_000) => (stopped ??= stopOnce(graceMs)),
    seekBack: async (partition, offset) => (stopping ? false : seekBack.seekBack(partition, offset)),
    closed: closed.promise,
    healthy: () =>
      !stopping && generation !== null && performance.now() - beatenAt < MISSED_BEATS * heartbeatIntervalMs,
  };
}
