import { runHandler } from "../src/consumer/batch-outcome.ts";
import { createGeneration } from "../src/consumer/generation.ts";
import type { Generation } from "../src/consumer/generation.ts";
import type { KafkaLog } from "../src/log.ts";
import { buildOutOfRangeAlert } from "../src/consumer/out-of-range-alert.ts";
import { createPartitionPauses } from "../src/consumer/partition-pauses.ts";
import type { Consumer, ConsumerOptions } from "../src/port.ts";
import type { MemoryBroker } from "./memory-broker.ts";
import type { MemoryMember } from "./memory-group.ts";
import { recordsFrom } from "./memory-log.ts";

export interface MemoryConsumer extends Consumer {
  /** As kill -9: its batches count for nothing, `closed` rejects, the others get its partitions. */
  kill(): Promise<void>;
}

/** A member of a group on the in-memory broker, with the contract of the real one. */
export function createMemoryConsumer(broker: MemoryBroker, options: ConsumerOptions, log: KafkaLog): MemoryConsumer {
  const { topic, groupId } = options;
  const maxRecords = options.maxRecords ?? 500;
  const grace = new AbortController();
  const closed = Promise.withResolvers<void>();
  closed.promise.catch(() => undefined);
  const pauses = createPartitionPauses(() => broker.changed.notify());
  const slots = createSlots(options.concurrency ?? 6);
  const rewinds = new Map<number, { offset: bigint; resolve: (done: boolean) => void }>();
  let generation: Generation | null = null;
  let loops: Promise<void>[] = [];
  let state: "new" | "member" | "stopping" | "dead" = "new";

  const countPartitions = (name: string): number => broker.topics.get(name)?.partitions.length ?? 0;
  const member: MemoryMember = {
    topic,
    revoke: async () => {
      generation?.end();
      broker.changed.notify();
      await Promise.all(loops);
      endGeneration();
    },
    assign: (partitions) => {
      const next = createGeneration(partitions);
      generation = next;
      options.onAssignment?.(partitions);
      pauses.retain(next.partitions);
      loops = partitions.map((partition) => readPartition(next, partition));
    },
  };

  function endGeneration(): void {
    if (generation !== null) options.onAssignment?.([]);
    generation = null;
  }

  /** Reads one partition from its committed offset until the generation ends. */
  async function readPartition(mine: Generation, partition: number): Promise<void> {
    const partitionLog = broker.log(topic, partition);
    let next =
      options.startAt?.(partition) ?? broker.group(groupId).committed.get(topic)?.get(partition) ?? partitionLog.low;
    while (!mine.signal.aborted && state === "member") {
      const rewind = rewinds.get(partition);
      if (rewind !== undefined) {
        rewinds.delete(partition);
        if (rewind.offset < next) {
          next = rewind.offset;
          broker.group(groupId).commit(topic, partition, next);
        }
        rewind.resolve(true);
      }
      if (broker.available && (next < partitionLog.low || next > partitionLog.high)) {
        await options.onAlert?.(buildOutOfRangeAlert({ groupId, topic, partition }, next, partitionLog));
        next = partitionLog.low;
      }
      const idle = !broker.available || pauses.isPaused(partition);
      const records = idle ? [] : recordsFrom(partitionLog, next, maxRecords);
      if (records.length === 0) {
        await broker.changed.next();
        continue;
      }
      next = await slots.use(async () => {
        if (mine.signal.aborted || state !== "member") return next;
        const signal = AbortSignal.any([mine.signal, grace.signal]);
        const outcome = await runHandler(
          { handler: options.handler, records, signal, endOffset: partitionLog.high, groupId },
          log,
        );
        if (mine.fenced) return next;
        if (outcome.pauseMs > 0) pauses.pause(partition, outcome.pauseMs);
        if (outcome.through === null) return next;
        await untilAvailable(mine);
        if (mine.fenced || !broker.available) return next;
        broker.group(groupId).commit(topic, partition, outcome.through + 1n);
        broker.changed.notify();
        return outcome.through + 1n;
      });
    }
  }

  async function untilAvailable(mine: Generation): Promise<void> {
    while (!broker.available && !mine.fenced && state === "member") await broker.changed.next();
  }

  async function start(): Promise<void> {
    while (!broker.available || !broker.topics.has(topic)) {
      if (state !== "new") break;
      await broker.changed.next();
    }
    if (state !== "new") throw new Error(`consumer ${groupId} on ${topic} was stopped before it joined`);
    state = "member";
    await broker.group(groupId).join(member, countPartitions);
  }

  let stopped: Promise<void> | null = null;
  async function stopOnce(graceMs: number): Promise<void> {
    const wasMember = state === "member";
    if (state !== "dead") state = "stopping";
    pauses.clear();
    broker.changed.notify();
    if (wasMember) {
      const abort = setTimeout(() => grace.abort(new Error("the consumer stops")), graceMs);
      await Promise.all(loops);
      clearTimeout(abort);
      await broker.group(groupId).leave(member, countPartitions);
    }
    grace.abort(new Error("the consumer stops"));
    endGeneration();
    broker.changed.notify();
    closed.resolve();
  }

  return {
    start,
    stop: (graceMs = 10_000) => (stopped ??= stopOnce(graceMs)),
    seekBack: async (partition, offset) => {
      if (state !== "member" || generation?.partitions.has(partition) !== true) return false;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      rewinds.set(partition, { offset, resolve });
      generation.signal.addEventListener("abort", () => resolve(false), { once: true });
      broker.changed.notify();
      return promise;
    },
    closed: closed.promise,
    healthy: () => state === "member" && generation !== null && broker.available,
    kill: async () => {
      if (state !== "member") return;
      state = "dead";
      if (generation !== null) {
        generation.fenced = true;
        generation.end();
      }
      endGeneration();
      pauses.clear();
      broker.changed.notify();
      closed.reject(new Error(`consumer ${groupId} on ${topic} died: killed by a test. Restart the process.`));
      await broker.group(groupId).leave(member, countPartitions);
    },
  };
}

/** At most `limit` at a time; the others wait in their order. */
function createSlots(limit: number): { use<T>(work: () => Promise<T>): Promise<T> } {
  const waiting: (() => void)[] = [];
  let used = 0;
  return {
    use: async (work) => {
      if (used >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
      else used += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) used -= 1;
        else next();
      }
    },
  };
}
