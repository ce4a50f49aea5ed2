import { KafkaUnavailableError } from "../src/port.ts";
import { createWakeSignal } from "../src/consumer/wake-signal.ts";
import type { WakeSignal } from "../src/consumer/wake-signal.ts";
import { createGroup } from "./memory-group.ts";
import type { MemoryGroup } from "./memory-group.ts";
import type { MemoryPartition, MemoryTopic } from "./memory-log.ts";

/** The state that producers, consumers and admins of one in-memory Kafka have in common. */
export interface MemoryBroker {
  readonly topics: Map<string, MemoryTopic>;
  readonly groups: Map<string, MemoryGroup>;
  /** Notified when records, topics, groups or faults change. */
  readonly changed: WakeSignal;
  available: boolean;
  /** Batches still to be written without their producer hearing of it. */
  acksToLose: number;
  now(): number;
  group(groupId: string): MemoryGroup;
  /** Throws for an unknown topic, by name. */
  topic(name: string): MemoryTopic;
  /** Throws for an unknown topic or partition, by name. */
  log(topic: string, partition: number): MemoryPartition;
  /** Throws {@link KafkaUnavailableError} while the fault is on. */
  mustBeAvailable(): void;
}

export function createBroker(now: () => number): MemoryBroker {
  const broker: MemoryBroker = {
    topics: new Map(),
    groups: new Map(),
    changed: createWakeSignal(),
    available: true,
    acksToLose: 0,
    now,
    group: (groupId) => {
      let group = broker.groups.get(groupId);
      if (group === undefined) {
        group = createGroup(groupId);
        broker.groups.set(groupId, group);
      }
      return group;
    },
    topic: (name) => {
      const topic = broker.topics.get(name);
      if (topic === undefined) {
        throw new Error(`offsets of ${name}: the topic does not exist. Create it with: inlet topics apply`);
      }
      return topic;
    },
    log: (name, partition) => {
      const log = broker.topic(name).partitions[partition];
      if (log === undefined) throw new Error(`${name} has no partition ${partition}`);
      return log;
    },
    mustBeAvailable: () => {
      if (!broker.available) throw new KafkaUnavailableError("no broker answers. See that Kafka is up.");
    },
  };
  return broker;
}
