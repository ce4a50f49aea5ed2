import { randomUUID } from "node:crypto";
import type { Admin as KafkaJSAdmin, EachBatchPayload } from "kafkajs";
import { newClient, getReason } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { getLogRanges } from "../admin/offsets.ts";
import type { KafkaRecord } from "../port.ts";
import { toRecord } from "../record.ts";
import { createWakeSignal } from "./wake-signal.ts";

/** Offsets from `from` up to, not including, `to`. */
export interface OffsetRange {
  readonly from: bigint;
  readonly to: bigint;
}

interface Cursor {
  next: bigint;
  readonly to: bigint;
}

const MiB = 1024 * 1024;
/** Chunks (one fetched batch each) that may wait for a slow reader. */
const MAX_WAITING_CHUNKS = 4;
const LOOK_AGAIN_MS = 1000;
const HEARTBEAT_MS = 1000;

/**
 * Reads ranges of a topic with a throw-away consumer: a group of its own that never commits and is deleted after, since kafkajs
 * reads in groups only. Records of a partition come in their order.
 */
export async function* readRanges(
  connection: ConnectionOptions,
  admin: KafkaJSAdmin,
  topic: string,
  ranges: ReadonlyMap<number, OffsetRange>,
): AsyncGenerator<KafkaRecord, void, void> {
  const cursors = new Map<number, Cursor>();
  for (const [partition, { from, to }] of ranges) if (from < to) cursors.set(partition, { next: from, to });
  if (cursors.size === 0) return;

  const groupId = `inlet-read-${randomUUID()}`;
  const consumer = newClient(connection, { requestTimeoutMs: 30_000, retries: 5 }).consumer({
    groupId,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 100,
    maxBytesPerPartition: 4 * MiB,
    sessionTimeout: 30_000,
  });
  const chunks: KafkaRecord[][] = [];
  let failure: Error | null = null;
  let finished = false;
  const signal = createWakeSignal();

  const place = (partitions: readonly number[]): void => {
    const others = partitions.filter((partition) => !cursors.has(partition));
    if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
    for (const [partition, { next }] of cursors) consumer.seek({ topic, partition, offset: next.toString() });
  };
  const advance = (partition: number, next: bigint): void => {
    const cursor = cursors.get(partition);
    if (cursor === undefined) return;
    if (next > cursor.next) cursor.next = next;
    if (cursor.next >= cursor.to) {
      cursors.delete(partition);
      consumer.pause([{ topic, partitions: [partition] }]);
    }
    signal.notify();
  };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => place(payload.memberAssignment[topic] ?? []));
  // Batches that hold only what is filtered (compacted away, control records) reach no handler, only this event.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
    advance(payload.partition, BigInt(payload.lastOffset) + 1n),
  );
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart) return;
    failure = payload.error;
    signal.notify();
  });

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { partition, messages } = payload.batch;
    const cursor = cursors.get(partition);
    if (cursor === undefined) return;
    const records = messages
      .map((message) => toRecord(topic, partition, message))
      .filter(({ offset }) => offset >= cursor.next && offset < cursor.to);
    payload.resolveOffset(payload.batch.lastOffset());
    if (records.length > 0) {
      cursor.next = (records.at(-1) as KafkaRecord).offset + 1n;
      chunks.push(records);
      signal.notify();
    }
    while (chunks.length >= MAX_WAITING_CHUNKS && !finished) {
      await Promise.race([signal.next(), pauseFor(HEARTBEAT_MS)]);
      await payload.heartbeat();
    }
  };

  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
    for (;;) {
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        signal.notify();
        yield* chunk;
        continue;
      }
      if (failure !== null) throw new Error(`${topic} could not be read: ${getReason(failure)}`, { cause: failure });
      if (cursors.size === 0) return;
      const heard = await Promise.race([signal.next().then(() => true), pauseFor(LOOK_AGAIN_MS).then(() => false)]);
      if (!heard) await dropDeleted(admin, topic, cursors);
    }
  } finally {
    finished = true;
    signal.notify();
    await consumer.disconnect();
    // Retried by no one: an empty group without offsets is dropped by the broker itself in the end.
    await admin.deleteGroups([groupId]).catch((error: unknown) => {
      connection.log.debug({ groupId, reason: getReason(error) }, "the reader's group was not deleted");
    });
  }
}

/** Records that retention deletes while we read never come: their partitions are done. */
async function dropDeleted(admin: KafkaJSAdmin, topic: string, cursors: Map<number, Cursor>): Promise<void> {
  for (const { partition, low } of await getLogRanges(admin, topic)) {
    const cursor = cursors.get(partition);
    if (cursor !== undefined && low >= cursor.to) cursors.delete(partition);
  }
}

function pauseFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
