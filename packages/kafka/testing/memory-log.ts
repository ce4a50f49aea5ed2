import type { KafkaRecord } from "../src/port.ts";
import type { WireRecord } from "../src/record.ts";

/** One partition's log: records in the order of their offsets, where deletions may leave holes. */
export interface MemoryPartition {
  low: bigint;
  high: bigint;
  records: KafkaRecord[];
}

export interface MemoryTopic {
  readonly partitions: MemoryPartition[];
  readonly config: Map<string, string>;
}

export function createTopic(partitions: number, config: Readonly<Record<string, string>> = {}): MemoryTopic {
  return {
    partitions: Array.from({ length: partitions }, emptyPartition),
    config: new Map(Object.entries(config)),
  };
}

export function emptyPartition(): MemoryPartition {
  return { low: 0n, high: 0n, records: [] };
}

/** Appends records and returns the offset of the first. */
export function append(
  log: MemoryPartition,
  at: { topic: string; partition: number; timestamp: number },
  records: readonly WireRecord[],
): bigint {
  const base = log.high;
  for (const record of records) {
    log.records.push({ ...at, ...record, offset: log.high });
    log.high += 1n;
  }
  return base;
}

/** Up to `limit` records from an offset on. */
export function recordsFrom(log: MemoryPartition, from: bigint, limit: number): KafkaRecord[] {
  let start = 0;
  let end = log.records.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if ((log.records[middle] as KafkaRecord).offset < from) start = middle + 1;
    else end = middle;
  }
  return log.records.slice(start, start + limit);
}

/** What Kafka's DeleteRecords does: everything before `offset` is gone, the log starts there. */
export function deleteBefore(log: MemoryPartition, offset: bigint): void {
  log.low = offset > log.high ? log.high : offset;
  log.records = log.records.filter((record) => record.offset >= log.low);
}
