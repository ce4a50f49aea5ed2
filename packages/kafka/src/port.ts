/**
 * What Inlet asks of Kafka, in a few methods. kafkajs and the in-memory broker both implement it and pass one conformance
 * suite; nothing of kafkajs' types shows through.
 */

/** Header fields in order, as on the wire; a name may repeat. */
export type RecordHeaders = readonly (readonly [name: string, value: Buffer])[];

export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** LogAppendTime, epoch ms. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
}

export interface NewRecord {
  readonly topic: string;
  readonly key: string | Buffer | null;
  readonly value: Buffer;
  /** The active trace context is added as `traceparent`/`tracestate` at the call, unless the headers already carry one. */
  readonly headers: RecordHeaders;
}

export interface Coordinates {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface Producer {
  /**
   * Resolves once the record is durable (`acks=all`); the partition is murmur2 of the key, made explicit. Rejects with
   * {@link KafkaUnavailableError} when the broker does not acknowledge in time, and with {@link ProducerQueueFullError}, at once, when the
   * partition's lane already queues its limit of bytes, and with {@link RecordRefusedError} when the broker will never take the record. A rejection never means "surely not written".
   */
  send(record: NewRecord): Promise<Coordinates>;
  /** Sends what is queued, then disconnects. */
  close(): Promise<void>;
}

/** What the handler made of a batch of one partition. */
export interface BatchOutcome {
  /** Offset of the last record of the contiguous prefix that is done; null when none is. It is committed as offset + 1. */
  readonly processedThrough: bigint | null;
  /** Fetch this partition no more for so long (ms); the next fetch starts at the first record not done. */
  readonly pauseMs?: number;
}

export interface BatchContext {
  /** Aborts when the partition is taken away or the consumer stops: stop at once, what is done so far is committed if still owned. */
  readonly signal: AbortSignal;
  /** One beyond the last record of the partition when the batch was fetched. */
  readonly endOffset: bigint;
}

/** Never throws by contract; if it does, the batch counts as not processed and the partition pauses for a second, loudly. */
export type BatchHandler = (records: readonly KafkaRecord[], context: BatchContext) => Promise<BatchOutcome>;

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly handler: BatchHandler;
  /** Partitions handled at the same time. Default 6. */
  readonly concurrency?: number;
  /**
   * Where a partition starts at each assignment, whatever the group has committed: for a reader that keeps its own place. Undefined: at the
   * committed offset, else at the first record.
   */
  readonly startAt?: (partition: number) => bigint | undefined;
  /** About the most bytes of one fetch, over all partitions: what is decoded at a stretch. Default 10 MiB; one batch always comes whole. */
  readonly maxFetchBytes?: number;
  /** Most records handed to the handler at once (a larger fetch is handed over in slices). Default 500. */
  readonly maxRecords?: number;
  /**
   * Raised for out-of-range offsets (with the gap) and other things an operator must see. The partition is read on once it resolves: what it
   * keeps of a gap is kept before the next commit wipes its traces away. Rejecting, it is raised again.
   */
  readonly onAlert?: (alert: {
    code: "offset_out_of_range";
    message: string;
    detail: Record<string, unknown>;
  }) => unknown;
  /** Told which partitions the member reads whenever that changes: none once they are taken away, when it stops or has died. Must not throw. */
  readonly onAssignment?: (partitions: readonly number[]) => void;
}

export interface Consumer {
  /** Resolves when the consumer has joined its group. */
  start(): Promise<void>;
  /** Lets running batches end (at most `graceMs`, default 10 s), commits, leaves the group. */
  stop(graceMs?: number): Promise<void>;
  /**
   * Reads a partition again from an offset on: the batch in hand ends first, and the group's offset is set back, so that the next owner of the partition
   * goes on from there. Never forward. False: the partition is not this member's, or is being taken away.
   */
  seekBack(partition: number, offset: bigint): Promise<boolean>;
  /** Settles when the consumer died and will not restart: rejects with the cause. Resolves after `stop`. */
  readonly closed: Promise<void>;
  /** Whether it has joined its group and is fetching. */
  healthy(): boolean;
}

export interface PartitionOffsets {
  readonly partition: number;
  /** First offset still in the log. */
  readonly low: bigint;
  /** Offset that the next record will get. */
  readonly high: bigint;
}

export interface TopicFault {
  readonly topic: string;
  /** `missing`, `partitions`, `config:<name>`, `replication`. */
  readonly fault: string;
  readonly expected: string;
  readonly actual: string;
  /** A warning does not fail `topics check` (replication 1 on a single broker). */
  readonly severity: "error" | "warning";
}

export interface Admin {
  /** Creates what is missing and sets what differs; never deletes, never changes an `allLanes` topic's partitions. Idempotent. Returns what it did, a line each. */
  applyTopics(lanes: readonly string[]): Promise<string[]>;
  checkTopics(lanes: readonly string[]): Promise<TopicFault[]>;
  /** Names of all topics of the cluster. */
  topics(): Promise<string[]>;
  topicOffsets(topic: string): Promise<PartitionOffsets[]>;
  /** Committed offsets (the next offset to read) by partition; a partition without a commit is absent. */
  committedOffsets(groupId: string, topic: string): Promise<Map<number, bigint>>;
  /** Offsets of the first record at or after `timestamp` (epoch ms). */
  offsetsAt(topic: string, timestamp: number): Promise<PartitionOffsets[]>;
  /** Refuses, by name, while the group has members. */
  setOffsets(groupId: string, topic: string, offsets: ReadonlyMap<number, bigint>): Promise<void>;
  /** Deletes a group without members and its offsets; one that is not there is fine. Refuses, by name, while the group has members. */
  deleteGroup(groupId: string): Promise<void>;
  /** One record; null when it is no longer (or not yet) in the log. */
  readRecord(at: Coordinates): Promise<KafkaRecord | null>;
  /** Every record from the first in the log (or the offset that `from` has for its partition) to the end as it was at the call, all partitions. */
  readAll(topic: string, from?: ReadonlyMap<number, bigint>): AsyncIterable<KafkaRecord>;
  /** Members of the group now: 0 when it is empty or unknown. */
  memberCount(groupId: string): Promise<number>;
  /** {@link memberCount} of many groups in one request. */
  memberCounts(groupIds: readonly string[]): Promise<Map<string, number>>;
  close(): Promise<void>;
}

/** Reads records by where they lie, many at a time and without a group: for mail that waits by reference. */
export interface RecordReader {
  /** In the order of `at`; null for a record that is no longer (or not yet) in the log. Rejects with {@link KafkaUnavailableError}. */
  read(at: readonly Coordinates[]): Promise<(KafkaRecord | null)[]>;
  close(): Promise<void>;
}

export interface Kafka {
  /** Connects at the first read. */
  reader(): RecordReader;
  producer(): Promise<Producer>;
  consumer(options: ConsumerOptions): Consumer;
  admin(): Promise<Admin>;
  /** Whether a broker answers within two seconds. */
  reachable(): Promise<boolean>;
}

export class KafkaUnavailableError extends Error {
  override readonly name = "KafkaUnavailableError";
}

/** The broker will never take this record: it is larger than the topic allows, or invalid for it. Sending it again does not help. */
export class RecordRefusedError extends Error {
  override readonly name = "RecordRefusedError";
}

export class ProducerQueueFullError extends Error {
  override readonly name = "ProducerQueueFullError";
}

/** First value of a header as text; undefined when it is absent. */
export function headerText(headers: RecordHeaders, name: string): string | undefined {
  return headers.find(([candidate]) => candidate === name)?.[1].toString("utf8");
}
