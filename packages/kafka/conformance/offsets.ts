import { expect, it } from "vitest";
import { all, eventually, getText, numbers } from "./bench.ts";
import type { Bench } from "./bench.ts";
import type { ConsumerAlert } from "../src/consumer/out-of-range-alert.ts";
import type { ConsumerOptions } from "../src/port.ts";

/** The part of the suite on offsets that are deleted, or set by an operator. */
export function describeOffsetsConformance(bench: Bench): void {
  it("alerts with the gap when unread records were deleted, before a start and in the middle, and reads on", async () => {
    const topic = await bench.topic(1);
    const groupId = bench.group();
    await bench.fill(topic, 10);
    const admin = await bench.subject().kafka.admin();
    await admin.setOffsets(groupId, topic, new Map([[0, 3n]]));
    await bench.subject().deleteRecordsBefore({ topic, partition: 0, offset: 8n });
    const alerts: ConsumerAlert[] = [];
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
          return Promise.resolve({ processedThrough: null, pauseMs: 300 });
        }
        seen.push(...records.map((record) => Number(getText(record))));
        return Promise.resolve(all(records));
      },
    });
    await eventually(() => expect(held).toBeGreaterThan(0));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({
      code: "offset_out_of_range",
      detail: { groupId, topic, partition: 0, position: "3", low: "8", gap: "5" },
    });
    await bench.subject().deleteRecordsBefore({ topic, partition: 0, offset: 9n });
    await eventually(() => expect(alerts).toHaveLength(2));
    expect(alerts[1]?.detail).toMatchObject({ position: "8", low: "9", gap: "1" });
    hold = false;
    await eventually(() => expect(seen).toEqual([9]));
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
    expect(await admin.memberCounts([groupId, `${groupId}-unread`])).toEqual(
      new Map([
        [groupId, 1],
        [`${groupId}-unread`, 0],
      ]),
    );
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

  it("a reader that keeps its own place begins there, whatever its group has; its group is deleted when it is empty", async () => {
    const topic = await bench.topic(1);
    const groupId = bench.group();
    await bench.fill(topic, 10);
    const admin = await bench.subject().kafka.admin();
    await admin.deleteGroup(groupId);
    const seen: number[] = [];
    const options: ConsumerOptions = {
      groupId,
      topic,
      startAt: (partition) => (partition === 0 ? 7n : undefined),
      handler: (records) => {
        seen.push(...records.map((record) => Number(getText(record))));
        return Promise.resolve(all(records));
      },
    };
    const first = await bench.consume(options);
    await eventually(() => expect(seen).toEqual([7, 8, 9]));
    await expect(admin.deleteGroup(groupId)).rejects.toThrow(new RegExp(`${groupId} has 1 member`));
    await first.stop();
    const second = await bench.consume(options);
    await eventually(() => expect(seen).toEqual([7, 8, 9, 7, 8, 9]));
    await second.stop();
    await eventually(async () => expect(await admin.memberCount(groupId)).toBe(0));
    await admin.deleteGroup(groupId);
    expect(await admin.committedOffsets(groupId, topic)).toEqual(new Map());
    await admin.close();
  });

  it("a member reads its own partition again while it runs, after the batch in hand; never forward, and never another's", async () => {
    const topic = await bench.topic(1);
    const groupId = bench.group();
    await bench.fill(topic, 10);
    const admin = await bench.subject().kafka.admin();
    const seen: number[] = [];
    let hold: Promise<void> | null = null;
    const options: ConsumerOptions = {
      groupId,
      topic,
      maxRecords: 2,
      handler: async (records) => {
        seen.push(...records.map((record) => Number(getText(record))));
        await hold;
        return all(records);
      },
    };
    const consumer = await bench.consume(options);
    await eventually(() => expect(seen).toEqual(numbers(10)));
    await eventually(async () => expect(await admin.committedOffsets(groupId, topic)).toEqual(new Map([[0, 10n]])));
    expect(await consumer.seekBack(0, 99n)).toBe(true);
    expect(await consumer.seekBack(7, 0n)).toBe(false);
    expect(await consumer.seekBack(0, 6n)).toBe(true);
    await eventually(() => expect(seen.slice(10)).toEqual([6, 7, 8, 9]));

    // A batch is in hand: it ends, and is not resolved over what was sought.
    const held = Promise.withResolvers<void>();
    hold = held.promise;
    expect(await consumer.seekBack(0, 8n)).toBe(true);
    await eventually(() => expect(seen.slice(14)).toEqual([8, 9]));
    const sought = consumer.seekBack(0, 5n);
    hold = null;
    held.resolve();
    expect(await sought).toBe(true);
    await eventually(() => expect(seen.slice(16)).toEqual([5, 6, 7, 8, 9]));
    await eventually(async () => expect(await admin.committedOffsets(groupId, topic)).toEqual(new Map([[0, 10n]])));
    await consumer.stop();
    expect(await consumer.seekBack(0, 0n)).toBe(false);
    await admin.close();
  });
}
