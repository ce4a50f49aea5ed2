import { getTopics } from "@inlet/schemas";
import type { TopicFault } from "../port.ts";

/** A topic as it should be, from schemas' specification. */
export interface WantedTopic {
  readonly topic: string;
  readonly partitions: number;
  /** Its partition count is part of where keys lie for good; it is never changed. */
  readonly fixedPartitions: boolean;
  readonly retentionMs: number;
  readonly config: Readonly<Record<string, string>>;
}

/** A topic as it is; a config value is null when the broker does not say. */
export interface ActualTopic {
  readonly partitions: number;
  readonly replication: number;
  readonly config: ReadonlyMap<string, string | null>;
}

const MOST_REPLICAS = 3;

/** Replicas that a cluster of so many brokers can give. */
export function wantedReplication(brokers: number): number {
  return Math.min(MOST_REPLICAS, brokers);
}

/** Every topic that the lanes need (docs/concepts/protocol.md, section 2). `min.insync.replicas` follows from the replication, see {@link buildConfig}. */
export function wantedTopics(lanes: readonly string[]): WantedTopic[] {
  return getTopics(lanes).map((spec) => ({
    topic: spec.fullName,
    partitions: spec.partitions,
    fixedPartitions: spec.allLanes,
    retentionMs: spec.retentionMs,
    config: {
      "cleanup.policy": spec.cleanupPolicy,
      "retention.ms": String(spec.retentionMs),
      "max.message.bytes": String(spec.maxRecordBytes),
      "message.timestamp.type": "LogAppendTime",
      "unclean.leader.election.enable": "false",
    },
  }));
}

/** The settings of a topic with so many replicas. */
export function buildConfig(wanted: WantedTopic, replication: number): Record<string, string> {
  return { ...wanted.config, "min.insync.replicas": String(Math.min(2, replication)) };
}

/** The settings that differ, by name. The order inside a list (`compact,delete`) does not count. */
export function differingConfig(
  wanted: Readonly<Record<string, string>>,
  actual: ReadonlyMap<string, string | null>,
): { name: string; expected: string; actual: string }[] {
  return Object.entries(wanted)
    .map(([name, expected]) => ({ name, expected, actual: actual.get(name) ?? "unset" }))
    .filter(({ expected, actual: value }) => asList(expected) !== asList(value));
}

/** What is wrong with a topic; null stands for a missing one. */
export function findFaults(wanted: WantedTopic, actual: ActualTopic | null, brokers: number): TopicFault[] {
  const { topic } = wanted;
  if (actual === null) {
    return [
      { topic, fault: "missing", expected: `${wanted.partitions} partitions`, actual: "none", severity: "error" },
    ];
  }
  const faults: TopicFault[] = [];
  const wrongPartitions = wanted.fixedPartitions
    ? actual.partitions !== wanted.partitions
    : actual.partitions < wanted.partitions;
  if (wrongPartitions) {
    faults.push({
      topic,
      fault: "partitions",
      expected: String(wanted.partitions),
      actual: String(actual.partitions),
      severity: "error",
    });
  }
  const replication = wantedReplication(brokers);
  if (actual.replication < replication || actual.replication === 1) {
    faults.push({
      topic,
      fault: "replication",
      expected: brokers === 1 ? "2 or more: one broker is one disk" : String(replication),
      actual: String(actual.replication),
      severity: actual.replication < replication ? "error" : "warning",
    });
  }
  for (const { name, expected, actual: value } of differingConfig(
    buildConfig(wanted, actual.replication),
    actual.config,
  )) {
    faults.push({ topic, fault: `config:${name}`, expected, actual: value, severity: "error" });
  }
  return faults;
}

/**
 * The brokers keep committed offsets of an empty group for `offsets.retention.minutes`; below the longest retention a group that
 * pauses too long reads its topic again from the start. Harmless, since effects are idempotent, so a warning.
 */
export function offsetRetentionFaults(wanted: readonly WantedTopic[], minutes: number | null): TopicFault[] {
  const longest = wanted.reduce((longestYet, one) => (one.retentionMs > longestYet.retentionMs ? one : longestYet));
  const needed = Math.ceil(longest.retentionMs / 60_000);
  if (minutes === null || minutes > needed) return [];
  return [
    {
      topic: longest.topic,
      fault: "config:offsets.retention.minutes",
      expected: `above ${needed} on the brokers`,
      actual: String(minutes),
      severity: "warning",
    },
  ];
}

function asList(value: string): string {
  return value
    .split(",")
    .map((part) => part.trim())
    .toSorted()
    .join(",");
}
