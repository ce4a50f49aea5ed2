import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toList, getText } from "./bench.ts";
import type { Bench, ConformanceSubject } from "./bench.ts";
import { describeGroupsConformance } from "./groups.ts";
import { describeOffsetsConformance } from "./offsets.ts";
import { describeRebalanceConformance } from "./rebalance.ts";
import type { Consumer, Producer } from "../src/port.ts";
import { headerText } from "../src/port.ts";
import { getPartition } from "../src/codec/key-partition.ts";

/** The one suite for every implementation of the port: what the rest of Inlet relies on. */
export function describeKafka(name: string, makeKafka: () => Promise<ConformanceSubject>): void {
  describe(`Kafka port: ${name}`, () => {
    let subject: ConformanceSubject;
    let producer: Producer;
    const consumers: Consumer[] = [];
    const bench: Bench = {
      subject: () => subject,
      producer: () => producer,
      topic: async (partitions) => {
        const topic = `conformance-${randomUUID()}`;
        await subject.createTopic(topic, partitions);
        return topic;
      },
      group: () => `conformance-${randomUUID()}`,
      consume: async (options) => {
        const consumer = subject.kafka.consumer(options);
        consumers.push(consumer);
        await consumer.start();
        return consumer;
      },
      fill: (topic, count, key = "same") =>
        Promise.all(
          Array.from({ length: count }, (_, i) =>
            producer.send({ topic, key, value: Buffer.from(String(i)), headers: [] }),
          ),
        ),
    };

    beforeAll(async () => {
      subject = await makeKafka();
      producer = await subject.kafka.producer();
    });
    afterAll(async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop(0)));
      await producer.close();
      await subject.close();
    });

    describeRecords(bench);
    describeGroupsConformance(bench);
    describeRebalanceConformance(bench);
    describeOffsetsConformance(bench);
  });
}

function describeRecords(bench: Bench): void {
  it("keeps the order of a key's records, on the partition that Java would pick", async () => {
    const topic = await bench.topic(4);
    const keys = ["a", "b", "c", "tenant/evt_1", "ключ"];
    const sent = Array.from({ length: 200 }, (_, i) => ({ key: keys[i % keys.length] as string, i }));
    await Promise.all(
      sent.map(({ key, i }) => bench.producer().send({ topic, key, value: Buffer.from(String(i)), headers: [] })),
    );
    const seen = new Map<string, number[]>();
    const admin = await bench.subject().kafka.admin();
    for await (const record of admin.readAll(topic)) {
      const key = record.key?.toString("utf8") as string;
      expect(record.partition).toBe(getPartition(Buffer.from(key), 4));
      seen.set(key, [...(seen.get(key) ?? []), Number(getText(record))]);
    }
    await admin.close();
    for (const key of keys) {
      // Once each, unless the broker's answer was lost: what is sent again stands in the log again, after the first time.
      expect([...new Set(seen.get(key))]).toEqual(sent.filter((one) => one.key === key).map(({ i }) => i));
    }
  });

  it("a resolved send is in the log, with its key, value and headers", async () => {
    const topic = await bench.topic(3);
    const value = Buffer.from([0, 1, 255]);
    const at = await bench.producer().send({
      topic,
      key: "k",
      value,
      headers: [
        ["inlet-tenant", Buffer.from("demo")],
        ["via", Buffer.from("first")],
        ["via", Buffer.from("second")],
        ["empty", Buffer.alloc(0)],
        ["bytes", Buffer.from([0xff, 0x00])],
      ],
    });
    const admin = await bench.subject().kafka.admin();
    const record = await admin.readRecord(at);
    expect(record).toMatchObject({ topic, partition: at.partition, offset: at.offset });
    expect(record?.key?.toString()).toBe("k");
    expect(record?.value).toEqual(value);
    expect(record?.headers.map(([name]) => name)).toEqual(["inlet-tenant", "via", "via", "empty", "bytes"]);
    expect(record?.headers.filter(([name]) => name === "via").map(([, one]) => one.toString())).toEqual([
      "first",
      "second",
    ]);
    expect(headerText(record?.headers ?? [], "empty")).toBe("");
    expect(record?.headers.at(-1)?.[1]).toEqual(Buffer.from([0xff, 0x00]));
    expect(record?.timestamp).toBeGreaterThan(1_600_000_000_000);
    expect(await admin.readRecord({ ...at, offset: at.offset + 1n })).toBeNull();
    expect(await admin.readRecord({ ...at, partition: 99 })).toBeNull();
    await admin.close();
  });

  it("readAll reads every partition to the end as it was, and an empty topic ends at once", async () => {
    const topic = await bench.topic(3);
    const admin = await bench.subject().kafka.admin();
    expect(await toList(admin.readAll(topic))).toEqual([]);
    await Promise.all(
      Array.from({ length: 1200 }, (_, i) =>
        bench.producer().send({ topic, key: i % 7 === 0 ? null : `k${i}`, value: Buffer.from(String(i)), headers: [] }),
      ),
    );
    const read = (await toList(admin.readAll(topic))).map(getText);
    expect([...new Set(read.map(Number))].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
    await admin.close();
  });

  it("tells offsets: the log's range, and the first record at or after a time", async () => {
    const topic = await bench.topic(1);
    const admin = await bench.subject().kafka.admin();
    expect(await admin.topicOffsets(topic)).toEqual([{ partition: 0, low: 0n, high: 0n }]);
    await bench.fill(topic, 3);
    await bench.subject().deleteRecordsBefore({ topic, partition: 0, offset: 1n });
    expect(await admin.topicOffsets(topic)).toEqual([{ partition: 0, low: 1n, high: 3n }]);
    expect(await admin.readRecord({ topic, partition: 0, offset: 0n })).toBeNull();
    expect(await admin.offsetsAt(topic, 1)).toEqual([{ partition: 0, low: 1n, high: 3n }]);
    expect(await admin.offsetsAt(topic, Date.now() + 3_600_000)).toEqual([{ partition: 0, low: 3n, high: 3n }]);
    await expect(admin.topicOffsets(`${topic}-none`)).rejects.toThrow(/does not exist.*topics apply/);
    await admin.close();
  });

  it("reads many records by where they lie, in the order asked for, and says which are gone", async () => {
    const [topic, other] = [await bench.topic(3), await bench.topic(1)];
    const reader = bench.subject().kafka.reader();
    const sent = await Promise.all(
      Array.from({ length: 300 }, async (_, i) =>
        bench.producer().send({
          topic: i % 10 === 0 ? other : topic,
          key: `k${i}`,
          value: Buffer.alloc(9_000, i),
          headers: [["i", Buffer.from(String(i))]],
        }),
      ),
    );
    const wanted = sent
      .map((at, i) => ({ at, i }))
      .filter(({ i }) => i % 3 === 0 || i % 10 === 0)
      .toReversed();
    const read = await reader.read(wanted.map(({ at }) => at));
    expect(read.map((record) => headerText(record?.headers ?? [], "i"))).toEqual(wanted.map(({ i }) => String(i)));
    expect(read.every((record, n) => record?.value?.equals(Buffer.alloc(9_000, wanted[n]?.i)) === true)).toBe(true);

    await bench.subject().deleteRecordsBefore({ topic: other, partition: 0, offset: 5n });
    const some = [3n, 7n, 99n].map((offset) => ({ topic: other, partition: 0, offset }));
    const answers = await reader.read([...some, { topic, partition: 99, offset: 0n }]);
    expect(answers.map((record) => record?.offset)).toEqual([undefined, 7n, ...answers.slice(2).map(() => undefined)]);
    await reader.close();
  });

  it("creates the topics of a lane, then has nothing to do and finds no fault", async () => {
    const lane = `lane-${randomUUID().slice(0, 8)}`;
    const admin = await bench.subject().kafka.admin();
    expect((await admin.checkTopics([lane])).filter(({ fault }) => fault === "missing").length).toBeGreaterThan(0);
    expect((await admin.applyTopics([lane])).filter((line) => line.includes(`.${lane}: created`))).toHaveLength(3);
    expect(await admin.applyTopics([lane])).toEqual([]);
    expect((await admin.checkTopics([lane])).filter(({ severity }) => severity === "error")).toEqual([]);
    await admin.close();
  });

  it("answers that it is reachable", async () => {
    expect(await bench.subject().kafka.reachable()).toBe(true);
  });
}
