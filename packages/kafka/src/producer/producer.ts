import { createBackoff } from "@inlet/resilience";
import { TOPICS } from "@inlet/schemas";
import type { SendBatch } from "./multi-partition-produce.ts";
import { createPartitionBatcher } from "./partition-batcher.ts";
import type { PartitionBatcher } from "./partition-batcher.ts";
import { sharedLinger } from "./linger.ts";
import { KafkaUnavailableError, ProducerQueueFullError } from "../port.ts";
import type { Coordinates, NewRecord, Producer } from "../port.ts";
import { getPartition } from "../codec/key-partition.ts";
import { keyBytes, computeSize } from "../record.ts";
import type { WireRecord } from "../record.ts";
import { getReason } from "../connection.ts";
import { withTraceHeaders } from "../codec/trace-context.ts";

export interface ProducerSettings {
  /** ms from `send` to {@link KafkaUnavailableError}. */
  readonly timeoutMs: number;
  readonly lingerMs: number;
  /** Bytes that one partition's batcher may queue. */
  readonly maxLaneBytes: number;
  /** ms after which the partition count of a topic is asked again. */
  readonly metadataMaxAgeMs: number;
}

/** What the batchers need of a connection; see `producer-session.ts`. */
export interface LaneTransport {
  send: SendBatch;
  partitionCount(topic: string): Promise<number>;
  close(): Promise<void>;
}

interface Waiting {
  readonly bytes: number;
  /** Hands the record to its batcher. */
  go(): void;
  fail(error: Error): void;
}

interface TopicState {
  partitions: number | null;
  askedAt: number;
  asking: boolean;
  waiting: Waiting[];
  waitingBytes: number;
  readonly batchers: Map<number, PartitionBatcher<WireRecord>>;
}

const KiB = 1024;
const MAX_BATCH_RECORDS = 500;
/** A whole batch counts against the topic's `max.message.bytes`, not each record. */
const DEFAULT_BATCH_BYTES = 512 * KiB;

/** The producer of the port over any transport: murmur2 partition, one batcher a partition, trace context taken at the call. */
export function createProducer(transport: LaneTransport, settings: ProducerSettings): Producer {
  const topics = new Map<string, TopicState>();
  const pending = new Set<Promise<unknown>>();
  const lastReason = new Map<string, string>();
  const linger = sharedLinger(settings.lingerMs);
  let closed = false;
  let nextWithoutKey = 0;

  function send(record: NewRecord): Promise<Coordinates> {
    if (closed) return Promise.reject(new KafkaUnavailableError("The producer is closed."));
    const wire: WireRecord = {
      key: keyBytes(record.key),
      value: record.value,
      headers: withTraceHeaders(record.headers),
    };
    const sent = enqueue(record.topic, wire);
    pending.add(sent);
    const forget = (): void => void pending.delete(sent);
    sent.then(forget, forget);
    return sent;
  }

  function enqueue(topic: string, wire: WireRecord): Promise<Coordinates> {
    const state = getState(topic);
    const bytes = computeSize(wire);
    const stale = performance.now() - state.askedAt > settings.metadataMaxAgeMs;
    if (state.partitions === null || stale) void ask(topic, state);
    if (state.partitions !== null) return intoLane(topic, state, state.partitions, wire, bytes);
    if (state.waitingBytes > 0 && state.waitingBytes + bytes > settings.maxLaneBytes) {
      return Promise.reject(
        new ProducerQueueFullError(`${topic}: ${state.waitingBytes} bytes wait for Kafka to answer. Send again later.`),
      );
    }
    return untilPartitionsKnown(topic, state, wire, bytes);
  }

  function intoLane(
    topic: string,
    state: TopicState,
    partitions: number,
    wire: WireRecord,
    bytes: number,
  ): Promise<Coordinates> {
    const partition = wire.key === null ? nextWithoutKey++ % partitions : getPartition(wire.key, partitions);
    let batcher = state.batchers.get(partition);
    if (batcher === undefined) {
      batcher = createPartitionBatcher<WireRecord>({
        transport: (batch, again) => transport.send(topic, partition, batch, again),
        name: `${topic}/${partition}`,
        linger,
        maxBatchBytes: getBatchBytes(topic),
        maxBatchRecords: MAX_BATCH_RECORDS,
        maxQueuedBytes: settings.maxLaneBytes,
        timeoutMs: settings.timeoutMs,
      });
      state.batchers.set(partition, batcher);
    }
    return batcher.add(wire, bytes).then((offset) => ({ topic, partition, offset }));
  }

  function untilPartitionsKnown(
    topic: string,
    state: TopicState,
    wire: WireRecord,
    bytes: number,
  ): Promise<Coordinates> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        state.waitingBytes -= bytes;
      };
      const waiting: Waiting = {
        bytes,
        go: () => {
          leave();
          resolve(intoLane(topic, state, state.partitions as number, wire, bytes));
        },
        fail: (error) => {
          leave();
          state.waiting = state.waiting.filter((other) => other !== waiting);
          reject(error);
        },
      };
      const timer = setTimeout(
        () =>
          waiting.fail(
            new KafkaUnavailableError(
              `${topic}: Kafka did not say within ${settings.timeoutMs} ms which partitions the topic has (${lastReason.get(topic) ?? "no answer yet"}). See that the brokers are up and that the topic exists (inlet topics check).`,
            ),
          ),
        settings.timeoutMs,
      );
      state.waiting.push(waiting);
      state.waitingBytes += bytes;
    });
  }

  /** Asks until it knows or no one waits. All that waited goes on in its order, in one step, before any later `send`. */
  async function ask(topic: string, state: TopicState): Promise<void> {
    if (state.asking) return;
    state.asking = true;
    try {
      const backoff = createBackoff({ firstMs: 50, mostMs: 1_000 });
      while (!closed) {
        try {
          const partitions = await transport.partitionCount(topic);
          state.partitions = partitions;
          state.askedAt = performance.now();
          const ready = state.waiting;
          state.waiting = [];
          for (const waiting of ready) waiting.go();
          return;
        } catch (error) {
          // The count that was known before serves on; it is asked again at a later send.
          if (state.partitions !== null) state.askedAt = performance.now();
          if (state.waiting.length === 0) return;
          lastReason.set(topic, getReason(error));
          await backoff.wait();
        }
      }
    } finally {
      state.asking = false;
    }
  }

  function getState(topic: string): TopicState {
    let state = topics.get(topic);
    if (state === undefined) {
      state = { partitions: null, askedAt: 0, asking: false, waiting: [], waitingBytes: 0, batchers: new Map() };
      topics.set(topic, state);
    }
    return state;
  }

  return {
    send,
    close: async () => {
      closed = true;
      for (const [topic, state] of topics) {
        const reason = lastReason.get(topic) ?? "the producer closes";
        for (const waiting of state.waiting) {
          waiting.fail(new KafkaUnavailableError(`${topic}: not sent, Kafka never answered (${reason}).`));
        }
      }
      await Promise.allSettled(pending);
      await transport.close();
    },
  };
}

function getBatchBytes(topic: string): number {
  const base = topic.split(".", 1)[0];
  const spec = Object.values(TOPICS).find(({ name }) => name === base);
  return spec === undefined
    ? DEFAULT_BATCH_BYTES
    : Math.min(DEFAULT_BATCH_BYTES, Math.floor(spec.maxRecordBytes * 0.75));
}
