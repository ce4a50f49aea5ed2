import { BatchTooLargeError } from "./partition-batcher.ts";
import { RecordRefusedError } from "../port.ts";
import type { WireRecord } from "../record.ts";

export interface PartitionBatch {
  readonly partition: number;
  readonly records: readonly WireRecord[];
}

/**
 * Writes batches of different partitions in one request; answers for each the offset of its first record, null where the broker's answer does not
 * cover it. Rejects when nothing is known of any.
 */
export type SendTogether = (topic: string, batches: readonly PartitionBatch[]) => Promise<readonly (bigint | null)[]>;

/** @param alone a batcher's second try: what failed once may fail again, and must not take others with it */
export type SendBatch = (
  topic: string,
  partition: number,
  records: readonly WireRecord[],
  alone: boolean,
) => Promise<bigint>;

interface Waiting extends PartitionBatch {
  resolve(offset: bigint): void;
  reject(error: unknown): void;
}

/** A batcher's batch is at most half a MiB; a broker takes requests to 100 MiB. */
const MOST_BATCHES = 16;

/**
 * Lanes that are ready at the same moment share a request: a dozen partitions cost the broker and this process one round trip, not a
 * dozen. Each batch has its own answer, so that one not covered fails by itself (kafkajs#1303 would call it written); a request refused for
 * one record's sake is made again partition by partition.
 */
export function combineSends(sendTogether: SendTogether): SendBatch {
  const gathering = new Map<string, Waiting[]>();

  async function request(topic: string, batches: readonly Waiting[]): Promise<void> {
    try {
      const offsets = await sendTogether(topic, batches);
      for (const [index, batch] of batches.entries()) {
        const offset = offsets[index] ?? null;
        if (offset === null) batch.reject(uncovered(topic, batch.partition));
        else batch.resolve(offset);
      }
    } catch (error) {
      const forOneRecord = error instanceof BatchTooLargeError || error instanceof RecordRefusedError;
      if (forOneRecord && batches.length > 1) for (const batch of batches) void request(topic, [batch]);
      else for (const batch of batches) batch.reject(error);
    }
  }

  function flush(topic: string): void {
    const batches = gathering.get(topic) ?? [];
    gathering.delete(topic);
    for (let at = 0; at < batches.length; at += MOST_BATCHES) void request(topic, batches.slice(at, at + MOST_BATCHES));
  }

  return (topic, partition, records, alone) =>
    new Promise((resolve, reject) => {
      const batch = { partition, records, resolve, reject };
      if (alone) return void request(topic, [batch]);
      const others = gathering.get(topic);
      if (others !== undefined) return void others.push(batch);
      gathering.set(topic, [batch]);
      setImmediate(() => flush(topic));
    });
}

function uncovered(topic: string, partition: number): Error {
  return new Error(`${topic}/${partition}: Kafka's answer does not cover the partition`);
}
