import { groupInUse, hasMembers } from "../src/admin/admin.ts";
import type { Admin, KafkaRecord, PartitionOffsets } from "../src/port.ts";
import { buildConfig, differingConfig, findFaults, wantedTopics } from "../src/admin/topic-settings.ts";
import type { MemoryBroker } from "./memory-broker.ts";
import { createTopic, emptyPartition, recordsFrom } from "./memory-log.ts";

/** A cluster of one broker, as far as replication goes. */
const BROKERS = 1;

/** The admin of the in-memory broker. */
export function createMemoryAdmin(broker: MemoryBroker): Admin {
  async function ask<T>(answer: () => T): Promise<T> {
    // A turn of the loop, as any call over a network takes.
    await new Promise((resolve) => setImmediate(resolve));
    broker.mustBeAvailable();
    return answer();
  }

  const topicOffsets = (topic: string): Promise<PartitionOffsets[]> =>
    ask(() => broker.topic(topic).partitions.map(({ low, high }, partition) => ({ partition, low, high })));

  async function* readAll(topic: string, start?: ReadonlyMap<number, bigint>): AsyncGenerator<KafkaRecord> {
    for (const { partition, low, high } of await topicOffsets(topic)) {
      const first = start?.get(partition) ?? low;
      for (let from = first > low ? first : low; from < high;) {
        const chunk = await ask(() => recordsFrom(broker.log(topic, partition), from, 500));
        const inside = chunk.filter(({ offset }) => offset < high);
        yield* inside;
        from = (inside.at(-1)?.offset ?? high) + 1n;
      }
    }
  }

  return {
    applyTopics: (lanes) =>
      ask(() => {
        const done = wantedTopics(lanes).flatMap((wanted) => {
          const found = broker.topics.get(wanted.topic);
          const config = buildConfig(wanted, BROKERS);
          if (found === undefined) {
            broker.topics.set(wanted.topic, createTopic(wanted.partitions, config));
            return [`${wanted.topic}: created with ${wanted.partitions} partitions, replication ${BROKERS}`];
          }
          const lines: string[] = [];
          const { length } = found.partitions;
          if (length < wanted.partitions && !wanted.fixedPartitions) {
            growPartitions(broker, wanted.topic, wanted.partitions);
            lines.push(`${wanted.topic}: grown from ${length} to ${wanted.partitions} partitions`);
          }
          for (const { name, expected, actual } of differingConfig(config, found.config)) {
            found.config.set(name, expected);
            lines.push(`${wanted.topic}: ${name} set from ${actual} to ${expected}`);
          }
          return lines;
        });
        broker.changed.notify();
        return done;
      }),
    checkTopics: (lanes) =>
      ask(() =>
        wantedTopics(lanes).flatMap((wanted) => {
          const found = broker.topics.get(wanted.topic);
          const actual = found && { partitions: found.partitions.length, replication: BROKERS, config: found.config };
          return findFaults(wanted, actual ?? null, BROKERS);
        }),
      ),
    topics: () => ask(() => [...broker.topics.keys()]),
    topicOffsets,
    committedOffsets: (groupId, topic) => ask(() => new Map(broker.groups.get(groupId)?.committed.get(topic))),
    offsetsAt: (topic, timestamp) =>
      ask(() =>
        broker.topic(topic).partitions.map(({ high, records }, partition) => ({
          partition,
          low: records.find((record) => record.timestamp >= timestamp)?.offset ?? high,
          high,
        })),
      ),
    setOffsets: (groupId, topic, offsets) =>
      ask(() => {
        const group = broker.group(groupId);
        if (group.members.size > 0) throw hasMembers(groupId, group.members.size);
        for (const [partition, next] of offsets) {
          broker.log(topic, partition);
          group.commit(topic, partition, next);
        }
      }),
    deleteGroup: (groupId) =>
      ask(() => {
        const members = broker.groups.get(groupId)?.members.size ?? 0;
        if (members > 0) throw groupInUse(groupId, members);
        broker.groups.delete(groupId);
      }),
    readRecord: (at) =>
      ask(() => {
        const log = broker.topic(at.topic).partitions[at.partition];
        const [record] = log === undefined ? [] : recordsFrom(log, at.offset, 1);
        return record?.offset === at.offset ? record : null;
      }),
    readAll,
    memberCount: (groupId) => ask(() => broker.groups.get(groupId)?.members.size ?? 0),
    memberCounts: (groupIds) =>
      ask(() => new Map(groupIds.map((groupId) => [groupId, broker.groups.get(groupId)?.members.size ?? 0]))),
    close: () => Promise.resolve(),
  };
}

/** Adds partitions to a topic and lets its readers share them. */
export function growPartitions(broker: MemoryBroker, topic: string, count: number): void {
  const { partitions } = broker.topic(topic);
  while (partitions.length < count) partitions.push(emptyPartition());
  for (const group of broker.groups.values()) {
    void group.rebalance((name) => broker.topics.get(name)?.partitions.length ?? 0);
  }
  broker.changed.notify();
}
