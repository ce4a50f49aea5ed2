import { expect, it } from "vitest";
import { all, eventually, numbers, getText } from "./bench.ts";
import type { Bench } from "./bench.ts";
import { getPartition } from "../src/codec/key-partition.ts";
import type { BatchHandler, KafkaRecord } from "../src/port.ts";

/** The part of the suite on what a handler answers: commits, redelivery, pauses, stopping. */
export function describeGroupsConformance(bench: Bench): void {
  async function committed(groupId: string, topic: string): Promise<Map<number, bigint>> {
    const admin = await bench.subject().kafka.admin();
    try {
      return await admin.committedOffsets(groupId, topic);
    } finally {
      await admin.close();
    }
  }

  it("a group made after the first record reads from the beginning, in slices of at most maxRecords", async () => {
    const topic = await bench.topic(1);
    const groupId = bench.group();
    await bench.fill(topic, 25);
    const slices: number[] = [];
    const seen: number[] = [];
    const consumer = await bench.consume({
      groupId,
      topic,
      maxRecords: 10,
      handler: (records) => {
        slices.push(records.length);
        seen.push(...records.map((record) => Number(getText(record))));
        return Promise.resolve(all(records));
      },
    });
    await eventually(() => expect(seen).toEqual(numbers(25)));
    expect(Math.max(...slices)).toBeLessThanOrEqual(10);
    expect(consumer.healthy()).toBe(true);
    await consumer.stop();
    await consumer.closed;
    expect(consumer.healthy()).toBe(false);
    expect(await committed(groupId, topic)).toEqual(new Map([[0, 25n]]));
  });

  it("commits the contiguous prefix only, and delivers the rest again: to itself, then to a successor", async () => {
    const topic = await bench.topic(1);
    const groupId = bench.group();
    const calls: number[][] = [];
    await bench.fill(topic, 10);
    const handler: BatchHandler = (records) => {
      calls.push(records.map((record) => Number(getText(record))));
      const first = (records[0] as KafkaRecord).offset;
      return Promise.resolve(first < 3n ? { processedThrough: 2n } : { processedThrough: null, pauseMs: 60_000 });
    };
    const first = await bench.consume({ groupId, topic, handler });
    await eventually(() => expect(calls.at(-1)?.[0]).toBe(3));
    expect(await committed(groupId, topic)).toEqual(new Map([[0, 3n]]));
    await first.stop();
    const rest: number[] = [];
    const second = await bench.consume({
      groupId,
      topic,
      handler: (records) => {
        rest.push(...records.map((record) => Number(getText(record))));
        return Promise.resolve(all(records));
      },
    });
    await eventually(() => expect(rest).toEqual(numbers(7, 3)));
    await second.stop();
    expect(await committed(groupId, topic)).toEqual(new Map([[0, 10n]]));
  });

  it("pauses one partition without loss and without holding up the other", async () => {
    const topic = await bench.topic(2);
    const groupId = bench.group();
    const slow = await bench.fill(topic, 5, "a");
    const slowPartition = (slow[0] as { partition: number }).partition;
    const otherKey = numbers(100)
      .map((i) => `k${i}`)
      .find((key) => getPartition(Buffer.from(key), 2) !== slowPartition) as string;
    const seen: string[] = [];
    let refusals = 0;
    const others = (): number => seen.filter((one) => one.startsWith("other")).length;
    const consumer = await bench.consume({
      groupId,
      topic,
      handler: (records) => {
        const paused = (records[0] as KafkaRecord).partition === slowPartition && (refusals < 3 || others() < 5);
        if (paused) {
          refusals += 1;
          return Promise.resolve({ processedThrough: null, pauseMs: 300 });
        }
        seen.push(
          ...records.map((record) => `${record.partition === slowPartition ? "slow" : "other"} ${getText(record)}`),
        );
        return Promise.resolve(all(records));
      },
    });
    await eventually(() => expect(refusals).toBeGreaterThan(0));
    await bench.fill(topic, 5, otherKey);
    await eventually(() => expect(seen).toHaveLength(10));
    expect(refusals).toBeGreaterThanOrEqual(3);
    expect(seen.slice(0, 5)).toEqual(numbers(5).map((i) => `other ${i}`));
    expect(seen.slice(5)).toEqual(numbers(5).map((i) => `slow ${i}`));
    await consumer.stop();
  });

  it("a handler that throws commits nothing, and its records come again", async () => {
    const topic = await bench.topic(1);
    const groupId = bench.group();
    await bench.fill(topic, 3);
    const again = Promise.withResolvers<void>();
    const looked = Promise.withResolvers<void>();
    let calls = 0;
    const seen: number[] = [];
    const consumer = await bench.consume({
      groupId,
      topic,
      handler: async (records) => {
        calls += 1;
        if (calls === 1) throw new Error("a bug in a handler");
        again.resolve();
        await looked.promise;
        seen.push(...records.map((record) => Number(getText(record))));
        return all(records);
      },
    });
    await again.promise;
    expect(await committed(groupId, topic)).toEqual(new Map());
    looked.resolve();
    await eventually(() => expect(seen).toEqual([0, 1, 2]));
    await consumer.stop();
  });

  it("stop lets a running batch end and commits it; a batch beyond the grace is told to stop", async () => {
    const topic = await bench.topic(1);
    const groupId = bench.group();
    await bench.fill(topic, 2);
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const patient = await bench.consume({
      groupId,
      topic,
      maxRecords: 1,
      handler: async (records) => {
        started.resolve();
        await finish.promise;
        return all(records);
      },
    });
    await started.promise;
    const stopping = patient.stop();
    finish.resolve();
    await stopping;
    expect(await committed(groupId, topic)).toEqual(new Map([[0, 1n]]));

    const again = Promise.withResolvers<void>();
    const impatient = await bench.consume({
      groupId,
      topic,
      handler: async (_records, { signal }) => {
        again.resolve();
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        return { processedThrough: null };
      },
    });
    await again.promise;
    await impatient.stop(50);
    await impatient.closed;
    expect(await committed(groupId, topic)).toEqual(new Map([[0, 1n]]));
  });
}
