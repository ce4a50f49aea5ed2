import { vi } from "vitest";
import type { Consumer, ConsumerOptions, Coordinates, Kafka, KafkaRecord, Producer } from "../src/port.ts";

/** A Kafka to examine, with what the port leaves to operators. */
export interface ConformanceSubject {
  readonly kafka: Kafka;
  createTopic(name: string, partitions: number): Promise<void>;
  addPartitions(name: string, count: number): Promise<void>;
  /** DeleteRecords: everything before the offset is gone. */
  deleteRecordsBefore(at: Coordinates): Promise<void>;
  close(): Promise<void>;
}

/** What the parts of the suite work with. */
export interface Bench {
  subject(): ConformanceSubject;
  producer(): Producer;
  topic(partitions: number): Promise<string>;
  group(): string;
  /** A started consumer that is stopped at the end, if the test does not. */
  consume(options: ConsumerOptions): Promise<Consumer>;
  /** Sends numbered values to one key, in order, and resolves with where they are. */
  fill(topic: string, count: number, key?: string): Promise<Coordinates[]>;
}

/** Waits for something that other parts bring about. */
export function eventually(assertion: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(assertion, { timeout: 25_000, interval: 20 });
}

export function getText(record: KafkaRecord | null): string {
  return record?.value?.toString("utf8") ?? "";
}

export async function toList<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The last record of a batch, as processed. */
export function all(records: readonly KafkaRecord[]): { processedThrough: bigint } {
  return { processedThrough: (records.at(-1) as KafkaRecord).offset };
}

export function numbers(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) => i + from);
}

export function sorted(values: Iterable<number>): number[] {
  return [...values].toSorted((a, b) => a - b);
}
