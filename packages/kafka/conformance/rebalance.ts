import { expect, it } from "vitest";
import { all, eventually, numbers, sorted, getText } from "./bench.ts";
import type { Bench } from "./bench.ts";
import type { BatchHandler } from "../src/port.ts";

/** The part of the suite on who reads what: members that come, partitions that are added. */
export function describeRebalanceConformance(bench: Bench): void {
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
    const createHandler =
      (mine: Set<number>): BatchHandler =>
      async (records, { signal }) => {
        let processedThrough: bigint | null = null;
        for (const record of records) {
          if (signal.aborted) {
            aborted += 1;
            break;
          }
          mine.add(Number(getText(record)));
          processedThrough = record.offset;
          // Until the second member is in, each batch of the first is in its middle.
          const told = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
          if (records.length > 1) await Promise.race([told, secondIsIn.promise]);
        }
        return { processedThrough };
      };
    const reads: [readonly number[], readonly number[]] = [[], []];
    const consume = async (member: 0 | 1) =>
      bench.consume({
        groupId,
        topic,
        handler: createHandler(seen[member]),
        onAssignment: (partitions) => (reads[member] = partitions),
      });
    const first = await consume(0);
    expect(reads[0].length).toBe(4);
    await eventually(() => expect(seen[0].size).toBeGreaterThan(0));
    const second = await consume(1);
    secondIsIn.resolve();
    await eventually(() => expect(new Set([...seen[0], ...seen[1]]).size).toBe(sent.length));
    expect(seen[1].size).toBeGreaterThan(0);
    expect(aborted).toBeGreaterThan(0);
    // Each tells what it reads: all of it together, and nothing once it has stopped.
    await eventually(() => expect(sorted(reads.flat())).toEqual([0, 1, 2, 3]));
    await Promise.all([first.stop(), second.stop()]);
    expect(reads).toEqual([[], []]);
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
          seen.add(Number(getText(record)));
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
}
