import { expect, it } from "vitest";
import { eventually, textOf } from "./conformance-bench.ts";
import type { Bench } from "./conformance-bench.ts";
import { partitionOf } from "./partition-of.ts";
import type { BatchHandler, ConsumerOptions, KafkaRecord } from "./port.ts";

type Alert = Parameters<NonNullable<ConsumerOptions["onAlert"]>>[0];

/** The last record of a batch, as processed. */
function all(records: readonly KafkaRecord[]): { processedThrough: bigint } {
  return { processedThrough: (records.at(-1) as KafkaRecord).offset };
}

function numbers(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) => i + from);
}

function sorted(values: Iterable<number>): number[] {
  return [...values].toSorted((a, b) => a - b);
}

/** The part of the suite on consumer groups: commits, redelivery, rebalances, offsets. */
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
        seen.push(...records.map((record) => Number(textOf(record))));
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
      calls.push(records.map((record) => Number(textOf(record))));
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
        rest.push(...records.map((record) => Number(textOf(record))));
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
      .find((key) => partitionOf(Buffer.from(key), 2) !== slowPartition) as string;
    const seen: string[] = [];
    let refusals = 0;
    const consumer = await bench.consume({
      groupId,
      topic,
      handler: (records) => {
        const paused = (records[0] as KafkaRecord).partition === slowPartition && refusals < 3;
        if (paused) {
          refusals += 1;
          return Promise.resolve({ processedThrough: null, pauseMs: 300 });
        }
        seen.push(
          ...records.map((record) => `${record.partition === slowPartition ? "slow" : "other"} ${textOf(record)}`),
        );
        return Promise.resolve(all(records));
      },
    });
    await eventually(() => expect(refusals).toBeGreaterThan(0));
    await bench.fill(topic, 5, otherKey);
    await eventually(() => expect(seen).toHaveLength(10));
    expect(refusals).toBe(3);
    expect(seen.slice(0, 5)).toEqual(numbers(5).map((i) => `other ${i}`));
    expect(seen.slice(5)).toEqual(numbers(5).map((i) => `slow ${i}`));
    await consumer.stop();
  });

  it("a handler that throws commits nothing, and its records come again", async () => {
    const topic = await bench.topic(1);
    const groupId = bench.group();
    await bench.fill(topic, 3);
    let calls = 0;
    const seen: number[] = [];
    const consumer = await bench.consume({
      groupId,
      topic,
      handler: (records) => {
        calls += 1;
        if (calls === 1) throw new Error("a bug in a handler");
        seen.push(...records.map((record) => Number(textOf(record))));
        return Promise.resolve(all(records));
      },
    });
    await eventually(() => expect(calls).toBe(1));
    expect(await committed(groupId, topic)).toEqual(new Map());
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

  it("a second member that joins in mid-batch takes its share; nothing is lost", async () => {
    const topic = await bench.topic(4);
    const groupId = bench.group();
    const sent = numbers(240);
    await Promise.all(
      sent.map((i) => bench.producer().send({ topic, key: `k${i}`, value: Buffer.from(String(i)), headers: [] })),
    );
    const seen = [new Set<number>(), new Set<number>()] as const;
    const secondIsIn = Promise.withResolvers<void>();
    let aborted = 0;
    const handlerOf =
      (mine: Set<number>): BatchHandler =>
      async (records, { signal }) => {
        let processedThrough: bigint | null = null;
        for (const record of records) {
          if (signal.aborted) {
            aborted += 1;
            break;
          }
          mine.add(Number(textOf(record)));
          processedThrough = record.offset;
          // Until the second member is in, each batch of the first is in its middle.
          const told = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
          if (records.length > 1) await Promise.race([told, secondIsIn.promise]);
        }
        return { processedThrough };
      };
    const first = await bench.consume({ groupId, topic, handler: handlerOf(seen[0]) });
    await eventually(() => expect(seen[0].size).toBeGreaterThan(0));
    const second = await bench.consume({ groupId, topic, handler: handlerOf(seen[1]) });
    secondIsIn.resolve();
    await eventually(() => expect(new Set([...seen[0], ...seen[1]]).size).toBe(sent.length));
    expect(seen[1].size).toBeGreaterThan(0);
    expect(aborted).toBeGreaterThan(0);
    await Promise.all([first.stop(), second.stop()]);
    const admin = await bench.subject().kafka.admin();
    const ends = new Map((await admin.topicOffsets(topic)).map(({ partition, high }) => [partition, high]));
    expect(await admin.committedOffsets(groupId, topic)).toEqual(ends);
    await admin.close();
  });

  it("partitions added under load are read from their first record", async () => {
    const topic = await bench.topic(2);
    const groupId = bench.group();
    const seen = new Set<number>();
    const partitions = new Set<number>();
    const consumer = await bench.consume({
      groupId,
      topic,
      handler: (records) => {
        for (const record of records) {
          seen.add(Number(textOf(record)));
          partitions.add(record.partition);
        }
        return Promise.resolve(all(records));
      },
    });
    let sent = 0;
    const sendSome = async (): Promise<number[]> => {
      const some = numbers(20, sent);
      sent += some.length;
      const at = await Promise.all(
        some.map((i) => bench.producer().send({ topic, key: `k${i}`, value: Buffer.from(String(i)), headers: [] })),
      );
      return at.map(({ partition }) => partition);
    };
    await sendSome();
    await bench.subject().addPartitions(topic, 4);
    await eventually(async () => expect(Math.max(...(await sendSome()))).toBe(3));
    await eventually(() => expect(sorted(seen)).toEqual(numbers(sent)));
    expect(sorted(partitions)).toEqual([0, 1, 2, 3]);
    await consumer.stop();
  });

  it("alerts with the gap when unread records were deleted, before a start and in the middle, and reads on", async () => {
    const topic = await bench.topic(1);
    const groupId = bench.group();
    await bench.fill(topic, 10);
    const admin = await bench.subject().kafka.admin();
    await admin.setOffsets(groupId, topic, new Map([[0, 3n]]));
    await bench.subject().deleteRecordsBefore({ topic, partition: 0, offset: 8n });
    const alerts: Alert[] = [];
    const seen: number[] = [];
    let hold = true;
    let held = 0;
    const consumer = await bench.consume({
      groupId,
      topic,
      onAlert: (alert) => alerts.push(alert),
      handler: (records) => {
        if (hold) {
          held += 1;
          return Promise.resolve({ processedThrough: null, pauseMs: 1000 });
        }
        seen.push(...records.map((record) => Number(textOf(record))));
        return Promise.resolve(all(records));
      },
    });
    await eventually(() => expect(held).toBe(1));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({
      code: "offset_out_of_range",
      detail: { groupId, topic, partition: 0, position: "3", low: "8", gap: "5" },
    });
    await bench.subject().deleteRecordsBefore({ topic, partition: 0, offset: 9n });
    hold = false;
    await eventually(() => expect(seen).toEqual([9]));
    await eventually(() => expect(alerts).toHaveLength(2));
    expect(alerts[1]?.detail).toMatchObject({ position: "8", low: "9", gap: "1" });
    await eventually(async () => expect(await admin.committedOffsets(groupId, topic)).toEqual(new Map([[0, 10n]])));
    await consumer.stop();
    await admin.close();
  });

  it("sets the offsets of an empty group only, and what is set is read again", async () => {
    const topic = await bench.topic(2);
    const groupId = bench.group();
    await bench.fill(topic, 4, "a");
    await bench.fill(topic, 4, "b");
    const admin = await bench.subject().kafka.admin();
    let seen = 0;
    const options: ConsumerOptions = {
      groupId,
      topic,
      handler: (records) => {
        seen += records.length;
        return Promise.resolve(all(records));
      },
    };
    expect(await admin.memberCount(groupId)).toBe(0);
    const consumer = await bench.consume(options);
    await eventually(() => expect(seen).toBe(8));
    expect(await admin.memberCount(groupId)).toBe(1);
    const beginning = new Map([
      [0, 0n],
      [1, 0n],
    ]);
    await expect(admin.setOffsets(groupId, topic, beginning)).rejects.toThrow(
      new RegExp(`${groupId} has 1 member.*Stop its service`),
    );
    await consumer.stop();
    await eventually(async () => expect(await admin.memberCount(groupId)).toBe(0));
    await admin.setOffsets(groupId, topic, beginning);
    expect(await admin.committedOffsets(groupId, topic)).toEqual(beginning);
    const again = await bench.consume(options);
    await eventually(() => expect(seen).toBe(16));
    await again.stop();
    await admin.close();
  });
}
