import { createBackoff } from "@inlet/resilience";
import { KafkaUnavailableError, ProducerQueueFullError, RecordRefusedError } from "../port.ts";
import { getReason } from "../connection.ts";
import type { Linger } from "./linger.ts";

/** The transport says that a batch was larger than the topic takes; the batcher halves it. */
export class BatchTooLargeError extends Error {
  override readonly name = "BatchTooLargeError";
}

export interface PartitionBatcherOptions<R> {
  /**
   * Writes one batch durably and resolves with the offset of its first record; the others follow it. Must settle in bounded time.
   * Rejects with {@link BatchTooLargeError} or {@link RecordRefusedError} for what sending again cannot cure; else it is tried again.
   * `again` says that this batch, or part of it, was tried before.
   */
  readonly transport: (batch: readonly R[], again: boolean) => Promise<bigint>;
  /** `raw-events/3`, for messages. */
  readonly name: string;
  /** How an idle batcher waits for company before it sends. */
  readonly linger: Linger;
  readonly maxBatchBytes: number;
  readonly maxBatchRecords: number;
  /** Bytes queued and in flight beyond which {@link PartitionBatcher.add} refuses; one record is always taken. */
  readonly maxQueuedBytes: number;
  /** ms from {@link PartitionBatcher.add} until the caller is told that Kafka did not acknowledge. */
  readonly timeoutMs: number;
}

export interface PartitionBatcher<R> {
  /** Queues a record; resolves with its offset. Rejects as {@link import("../port.ts").Producer.send} does. */
  add(record: R, bytes: number): Promise<bigint>;
  /** Resolves when nothing is queued or in flight. */
  idle(): Promise<void>;
}

interface Entry<R> {
  readonly record: R;
  readonly bytes: number;
  settled: boolean;
  resolve(offset: bigint): void;
  reject(error: Error): void;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1000;

/**
 * The queue of one partition: at most one batch in flight, what arrives meanwhile forms the next one. It keeps the order of
 * `add` and replaces the linger that kafkajs lacks. What failed is tried again before anything later.
 */
export function createPartitionBatcher<R>(options: PartitionBatcherOptions<R>): PartitionBatcher<R> {
  const queue: Entry<R>[] = [];
  const idlers: (() => void)[] = [];
  let queuedBytes = 0;
  let busy = false;
  let lastFailure: unknown = null;

  function add(record: R, bytes: number): Promise<bigint> {
    if (queuedBytes > 0 && queuedBytes + bytes > options.maxQueuedBytes) {
      return Promise.reject(
        new ProducerQueueFullError(
          `${options.name}: ${queuedBytes} bytes wait for Kafka, the limit is ${options.maxQueuedBytes}. Send again later.`,
        ),
      );
    }
    queuedBytes += bytes;
    return new Promise<bigint>((resolve, reject) => {
      const settle = (entry: Entry<R>, act: () => void): void => {
        if (entry.settled) return;
        entry.settled = true;
        queuedBytes -= bytes;
        clearTimeout(timer);
        act();
      };
      const entry: Entry<R> = {
        record,
        bytes,
        settled: false,
        resolve: (offset) => settle(entry, () => resolve(offset)),
        reject: (error) => settle(entry, () => reject(error)),
      };
      const timer = setTimeout(() => entry.reject(unavailable()), options.timeoutMs);
      queue.push(entry);
      if (busy) return;
      busy = true;
      options.linger(() => void drain());
    });
  }

  async function drain(): Promise<void> {
    for (let batch = take(); batch.length > 0; batch = take()) await deliver(batch);
    busy = false;
    for (const idler of idlers.splice(0)) idler();
  }

  function take(): Entry<R>[] {
    const batch: Entry<R>[] = [];
    let bytes = 0;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (!next.settled) {
        const full = batch.length >= options.maxBatchRecords || bytes + next.bytes > options.maxBatchBytes;
        if (batch.length > 0 && full) break;
        batch.push(next);
        bytes += next.bytes;
      }
      queue.shift();
    }
    return batch;
  }

  async function deliver(entries: readonly Entry<R>[]): Promise<void> {
    let again = false;
    const backoff = createBackoff({ firstMs: FIRST_RETRY_MS, mostMs: LAST_RETRY_MS });
    for (;;) {
      const batch = entries.filter((entry) => !entry.settled);
      if (batch.length === 0) return;
      try {
        const base = await options.transport(
          batch.map((entry) => entry.record),
          again,
        );
        lastFailure = null;
        batch.forEach((entry, index) => entry.resolve(base + BigInt(index)));
        return;
      } catch (error) {
        if (error instanceof BatchTooLargeError && batch.length > 1) {
          const half = Math.ceil(batch.length / 2);
          await deliver(batch.slice(0, half));
          await deliver(batch.slice(half));
          return;
        }
        if (error instanceof BatchTooLargeError || error instanceof RecordRefusedError) {
          const refused =
            error instanceof RecordRefusedError
              ? error
              : new RecordRefusedError(
                  `${options.name}: the record is larger than the topic takes (max.message.bytes): ${error.message}`,
                  { cause: error },
                );
          for (const entry of batch) entry.reject(refused);
          return;
        }
        lastFailure = error;
        again = true;
        await backoff.wait();
      }
    }
  }

  function unavailable(): KafkaUnavailableError {
    const why = lastFailure === null ? "no answer yet" : getReason(lastFailure);
    return new KafkaUnavailableError(
      `${options.name}: Kafka did not acknowledge within ${options.timeoutMs} ms (${why}). It may still have the record: send it again, and see that the brokers are up.`,
      { cause: lastFailure },
    );
  }

  return {
    add,
    idle: () => (busy ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()),
  };
}
