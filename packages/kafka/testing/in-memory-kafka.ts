import { SHARED_LANE } from "@inlet/schemas";
import type { KafkaLog } from "../src/log.ts";
import { KafkaUnavailableError, RecordRefusedError } from "../src/port.ts";
import type { Coordinates, Kafka, KafkaRecord } from "../src/port.ts";
import { createProducer } from "../src/producer/producer.ts";
import { withSendSpans } from "../src/producer/send-span.ts";
import type { LaneTransport } from "../src/producer/producer.ts";
import { buildConfig, wantedTopics } from "../src/admin/topic-settings.ts";
import { createMemoryAdmin, growPartitions } from "./memory-admin.ts";
import { createBroker } from "./memory-broker.ts";
import type { MemoryBroker } from "./memory-broker.ts";
import { createMemoryConsumer } from "./memory-consumer.ts";
import type { MemoryConsumer } from "./memory-consumer.ts";
import { append, createTopic, deleteBefore } from "./memory-log.ts";
import { computeSize } from "../src/record.ts";

export interface InMemoryKafkaOptions {
  /** Lanes whose topics exist from the start. Default: the shared lane. */
  readonly lanes?: readonly string[];
  /** More topics, with their number of partitions. */
  readonly topics?: Readonly<Record<string, number>>;
  /** Clock of the records' timestamps, epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** ms that `send` tries while a fault is on. Default a minute. */
  readonly sendTimeoutMs?: number;
  /** Bytes that a partition's lane may queue. Default 8 MiB. */
  readonly maxLaneBytes?: number;
  /** Where a handler that throws is reported. Default: nowhere. */
  readonly log?: KafkaLog;
}

export interface InMemoryFaults {
  /**
   * The next `n` batches are written, but their producer is not told: it sends them again, so the log holds them twice, or it
   * rejects when its time is over.
   */
  ackLost(n: number): void;
  /** Kafka away: sends reject after `sendTimeoutMs`, consumers stand still, admin calls reject, `reachable()` says no. */
  unavailable(away: boolean): void;
  /** Takes one record out of the log, leaving a hole: the loss that reconcile must find. False when it is not there. */
  deleteRecord(at: Coordinates): boolean;
  /** As Kafka's DeleteRecords, or retention: all before the offset is gone. */
  deleteRecordsBefore(at: Coordinates): void;
  /** kill -9 of every member of the group: what its handlers answer is not committed, their `closed` rejects. */
  killConsumers(groupId: string): Promise<void>;
}

export interface InMemoryKafka extends Kafka {
  readonly faults: InMemoryFaults;
  createTopic(name: string, partitions: number): void;
  /** Grows a topic; its readers rebalance, and producers see it at their next send. */
  addPartitions(topic: string, count: number): void;
  /** Every record of a topic now, partition by partition. */
  records(topic: string): KafkaRecord[];
}

const MiB = 1024 * 1024;
const SILENT: KafkaLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Kafka in this process: the same port and the same producer lanes, with faults on demand. */
export function createInMemoryKafka(options: InMemoryKafkaOptions = {}): InMemoryKafka {
  const broker = createBroker(options.now ?? Date.now);
  for (const wanted of wantedTopics(options.lanes ?? [SHARED_LANE])) {
    broker.topics.set(wanted.topic, createTopic(wanted.partitions, buildConfig(wanted, 1)));
  }
  for (const [name, partitions] of Object.entries(options.topics ?? {})) {
    broker.topics.set(name, createTopic(partitions));
  }
  const members: { readonly groupId: string; readonly consumer: MemoryConsumer }[] = [];

  return {
    producer: () =>
      Promise.resolve(
        withSendSpans(
          createProducer(createTransport(broker), {
            // Long, where no test is about it: a busy machine stands still for a second.
            timeoutMs: options.sendTimeoutMs ?? 60_000,
            lingerMs: 0,
            maxLaneBytes: options.maxLaneBytes ?? 8 * MiB,
            metadataMaxAgeMs: 0,
          }),
        ),
      ),
    consumer: (consumerOptions) => {
      const consumer = createMemoryConsumer(broker, consumerOptions, options.log ?? SILENT);
      members.push({ groupId: consumerOptions.groupId, consumer });
      return consumer;
    },
    reader: () => {
      const admin = createMemoryAdmin(broker);
      return {
        read: async (at) => Promise.all(at.map(async (each) => admin.readRecord(each))),
        close: async () => admin.close(),
      };
    },
    admin: () => (broker.available ? Promise.resolve(createMemoryAdmin(broker)) : Promise.reject(away())),
    reachable: () => Promise.resolve(broker.available),
    faults: findFaults(broker, members),
    createTopic: (name, partitions) => {
      broker.topics.set(name, createTopic(partitions));
      broker.changed.notify();
    },
    addPartitions: (topic, count) => growPartitions(broker, topic, count),
    records: (topic) => broker.topic(topic).partitions.flatMap(({ records }) => records),
  };
}

function findFaults(
  broker: MemoryBroker,
  members: readonly { readonly groupId: string; readonly consumer: MemoryConsumer }[],
): InMemoryFaults {
  return {
    ackLost: (n) => {
      broker.acksToLose = n;
    },
    unavailable: (isAway) => {
      broker.available = !isAway;
      broker.changed.notify();
    },
    deleteRecord: ({ topic, partition, offset }) => {
      const log = broker.log(topic, partition);
      const before = log.records.length;
      log.records = log.records.filter((record) => record.offset !== offset);
      return log.records.length < before;
    },
    deleteRecordsBefore: ({ topic, partition, offset }) => {
      deleteBefore(broker.log(topic, partition), offset);
      broker.changed.notify();
    },
    killConsumers: async (groupId) => {
      await Promise.all(members.filter((one) => one.groupId === groupId).map(({ consumer }) => consumer.kill()));
    },
  };
}

function createTransport(broker: MemoryBroker): LaneTransport {
  return {
    partitionCount: async (topic) => {
      await Promise.resolve();
      broker.mustBeAvailable();
      return broker.topic(topic).partitions.length;
    },
    send: async (topic, partition, records) => {
      await new Promise((resolve) => setImmediate(resolve));
      broker.mustBeAvailable();
      const limit = Number(broker.topic(topic).config.get("max.message.bytes") ?? MiB);
      const tooLarge = records.find((record) => computeSize(record) > limit);
      if (tooLarge !== undefined) {
        throw new RecordRefusedError(
          `${topic}: the record is larger than the topic takes (max.message.bytes ${limit})`,
        );
      }
      const base = append(broker.log(topic, partition), { topic, partition, timestamp: broker.now() }, records);
      broker.changed.notify();
      if (broker.acksToLose > 0) {
        broker.acksToLose -= 1;
        throw new Error("the acknowledgement was lost");
      }
      return base;
    },
    close: () => Promise.resolve(),
  };
}

function away(): KafkaUnavailableError {
  return new KafkaUnavailableError("connecting: no broker answers. See that Kafka is up.");
}

function nothing(): void {}
