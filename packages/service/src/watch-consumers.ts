import { DEPENDENCIES } from "@inlet/domain";
import type { Admin, BatchHandler, ConsumerOptions, Kafka, RecordReader } from "@inlet/kafka";
import { poll, type Poller } from "@inlet/ledger";
import { groupIn, TOPICS, topicIn, type TopicName } from "@inlet/schemas";
import { errorForLog, metrics, type ConsumingService, type Log } from "@inlet/telemetry";
import { observeBatches } from "./observe-batches.ts";

/** How often what is unread is looked at, ms. */
const LOOK_MS = 10_000;
/** Part of its topic's retention from which on an unread record is an alert. */
const ALERT_FROM = 0.5;

interface WatchedGroup {
  readonly groupId: string;
  readonly topic: string;
  readonly retentionMs: number;
  /** That this member reads. */
  partitions: readonly number[];
  /** Partitions of which the alert has been raised. */
  readonly told: Set<number>;
}

export interface ConsumerWatchDeps {
  readonly kafka: Pick<Kafka, "admin">;
  readonly reader: Pick<RecordReader, "read">;
  /** Epoch ms, of the clock that Kafka's brokers stamp records by. */
  readonly now: () => number;
  readonly log: Log;
}

export interface ConsumerWatch {
  /** The options of a consumer that is watched: its progress shows in the metrics while it reads, and no longer. */
  watched(
    group: { readonly name: string; readonly lane: string; readonly topic: TopicName },
    handler: BatchHandler,
  ): Pick<ConsumerOptions, "groupId" | "topic" | "handler" | "onAssignment">;
  look(): Promise<void>;
  start(): Poller;
}

/**
 * Watches the partitions that a service's consumers read, also while nothing moves in them: how far each is behind, and how old its first unread
 * record is. One that has lain for half of its topic's retention is an alert (`unread_near_retention`): Kafka deletes it unread at its end.
 */
export function watchConsumers(
  service: ConsumingService,
  { kafka, reader, now, log }: ConsumerWatchDeps,
): ConsumerWatch {
  const groups: WatchedGroup[] = [];
  let admin: Promise<Admin> | null = null;

  function endPause(): void {
    for (const dependency of DEPENDENCIES) metrics.consumerPaused.set({ service, dependency }, 0);
  }

  /** What is no longer read here is another member's to tell of. */
  function assign(group: WatchedGroup, partitions: readonly number[]): void {
    const { groupId, topic } = group;
    for (const partition of group.partitions.filter((each) => !partitions.includes(each))) {
      group.told.delete(partition);
      metrics.consumerLag.remove({ group: groupId, topic, partition });
      metrics.oldestUnreadSeconds.remove({ group: groupId, topic, partition });
    }
    group.partitions = partitions;
    if (groups.every((each) => each.partitions.length === 0)) endPause();
  }

  async function look(): Promise<void> {
    admin ??= kafka.admin();
    const mine = admin;
    try {
      const connected = await mine;
      let unread = 0;
      for (const group of groups) unread += await lookAt(group, connected);
      // Nothing is left that could be paused before: what was has gone to another member, or through.
      if (unread === 0) endPause();
    } catch (error) {
      if (admin === mine) admin = null;
      void mine.then(async (connected) => connected.close()).catch(() => undefined);
      throw error;
    }
  }

  /** Answers how many records of this member's partitions are unread. */
  async function lookAt(group: WatchedGroup, connected: Admin): Promise<number> {
    const { groupId, topic } = group;
    if (group.partitions.length === 0) return 0;
    const [ranges, committed] = await Promise.all([
      connected.topicOffsets(topic),
      connected.committedOffsets(groupId, topic),
    ]);
    const behind = ranges.map(({ partition, low, high }) => {
      const next = committed.get(partition) ?? low;
      const first = next > low ? next : low;
      return { topic, partition, offset: first, lag: high > first ? Number(high - first) : 0 };
    });
    const lagging = behind.filter(({ partition, lag }) => lag > 0 && group.partitions.includes(partition));
    const records = lagging.length === 0 ? [] : await reader.read(lagging);
    let unread = 0;
    // Only what is still this member's: it may have gone while Kafka was asked.
    for (const { partition, lag } of behind.filter((each) => group.partitions.includes(each.partition))) {
      unread += lag;
      metrics.consumerLag.set({ group: groupId, topic, partition }, lag);
      const record = records[lagging.findIndex((each) => each.partition === partition)];
      const ageMs = record === null || record === undefined ? 0 : Math.max(0, now() - record.timestamp);
      metrics.oldestUnreadSeconds.set({ group: groupId, topic, partition }, ageMs / 1000);
      tell(group, partition, lag, ageMs);
    }
    return unread;
  }

  function tell(group: WatchedGroup, partition: number, lag: number, ageMs: number): void {
    const { groupId, topic, retentionMs, told } = group;
    if (ageMs < retentionMs * ALERT_FROM) {
      told.delete(partition);
      return;
    }
    if (told.has(partition)) return;
    told.add(partition);
    const code = "unread_near_retention";
    metrics.alerts.inc({ code });
    log.error(
      { code, groupId, topic, partition, lag, ageMs, retentionMs },
      "a record has lain unread for half of its topic's retention: Kafka deletes it unread at the end",
    );
  }

  return {
    watched: ({ name, lane, topic }, handler) => {
      const group: WatchedGroup = {
        groupId: groupIn(name, lane),
        topic: topicIn(topic, lane),
        retentionMs: TOPICS[topic].retentionMs,
        partitions: [],
        told: new Set(),
      };
      groups.push(group);
      const { groupId } = group;
      metrics.topicRetentionSeconds.set({ group: groupId, topic: group.topic }, group.retentionMs / 1000);
      return {
        groupId: group.groupId,
        topic: group.topic,
        handler: observeBatches(service, group.groupId, handler),
        onAssignment: (partitions) => assign(group, partitions),
      };
    },
    look,
    start: () => {
      const poller = poll(
        async () => {
          await look();
          return false;
        },
        {
          idleMs: LOOK_MS,
          errorMs: LOOK_MS,
          onError: (error) => log.warn({ err: errorForLog(error) }, "what is unread cannot be looked at"),
        },
      );
      return {
        stop: async () => {
          await poller.stop();
          await admin?.then(async (connected) => connected.close()).catch(() => undefined);
          admin = null;
        },
      };
    },
  };
}
