import { describe, expect, it } from "vitest";
import { eventually } from "../conformance/bench.ts";
import { createInMemoryKafka } from "./in-memory-kafka.ts";
import type { InMemoryKafka } from "./in-memory-kafka.ts";
import { KafkaUnavailableError, RecordRefusedError } from "../src/port.ts";
import type { Coordinates } from "../src/port.ts";

async function sendOne(kafka: InMemoryKafka, value = "x", topic = "t"): Promise<Coordinates> {
  const producer = await kafka.producer();
  return producer.send({ topic, key: "k", value: Buffer.from(value), headers: [] });
}

describe("faults of the in-memory Kafka", () => {
  it("a lost acknowledgement: the record is there twice, or once though the send rejected", async () => {
    const patient = createInMemoryKafka({ topics: { t: 1 } });
    patient.faults.ackLost(1);
    expect(await sendOne(patient)).toMatchObject({ offset: 1n });
    expect(patient.records("t")).toHaveLength(2);
    const kafka = createInMemoryKafka({ topics: { t: 1 }, sendTimeoutMs: 120 });
    kafka.faults.ackLost(1000);
    await expect(sendOne(kafka)).rejects.toBeInstanceOf(KafkaUnavailableError);
    expect(kafka.records("t").length).toBeGreaterThan(0);
  });

  it("unavailable: sends and admins reject, consumers wait, and all goes on when it is back", async () => {
    const kafka = createInMemoryKafka({ topics: { t: 1 }, sendTimeoutMs: 50 });
    await sendOne(kafka, "0");
    const seen: string[] = [];
    kafka.faults.unavailable(true);
    const consumer = kafka.consumer({
      groupId: "g",
      topic: "t",
      handler: (records) => {
        seen.push(...records.map(({ value }) => String(value)));
        return Promise.resolve({ processedThrough: records.at(-1)?.offset ?? null });
      },
    });
    const started = consumer.start();
    await expect(sendOne(kafka)).rejects.toBeInstanceOf(KafkaUnavailableError);
    await expect(kafka.admin()).rejects.toBeInstanceOf(KafkaUnavailableError);
    expect(await kafka.reachable()).toBe(false);
    expect(seen).toEqual([]);
    kafka.faults.unavailable(false);
    await started;
    await eventually(() => expect(seen).toEqual(["0"]));
    await consumer.stop();
  });

  it("killed consumers commit nothing of what they were doing; their successors do it again", async () => {
    const kafka = createInMemoryKafka({ topics: { t: 1 } });
    await sendOne(kafka, "0");
    const entered = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const victim = kafka.consumer({
      groupId: "g",
      topic: "t",
      handler: async () => {
        entered.resolve();
        await finish.promise;
        return { processedThrough: 0n };
      },
    });
    await victim.start();
    await entered.promise;
    await kafka.faults.killConsumers("g");
    finish.resolve();
    await expect(victim.closed).rejects.toThrow(/died/);
    const admin = await kafka.admin();
    expect(await admin.committedOffsets("g", "t")).toEqual(new Map());
    const seen: bigint[] = [];
    const heir = kafka.consumer({
      groupId: "g",
      topic: "t",
      handler: (records) => {
        seen.push(...records.map(({ offset }) => offset));
        return Promise.resolve({ processedThrough: 0n });
      },
    });
    await heir.start();
    await eventually(() => expect(seen).toEqual([0n]));
    await heir.stop();
  });

  it("a deleted record leaves a hole that readers pass over", async () => {
    const kafka = createInMemoryKafka({ topics: { t: 1 } });
    for (const value of ["0", "1", "2"]) await sendOne(kafka, value);
    expect(kafka.faults.deleteRecord({ topic: "t", partition: 0, offset: 1n })).toBe(true);
    expect(kafka.faults.deleteRecord({ topic: "t", partition: 0, offset: 1n })).toBe(false);
    const admin = await kafka.admin();
    expect(await admin.readRecord({ topic: "t", partition: 0, offset: 1n })).toBeNull();
    expect(kafka.records("t").map(({ offset }) => offset)).toEqual([0n, 2n]);
    expect(await admin.topicOffsets("t")).toEqual([{ partition: 0, low: 0n, high: 3n }]);
  });

  it("refuses a record above the topic's limit", async () => {
    const kafka = createInMemoryKafka();
    const admin = await kafka.admin();
    expect(await admin.applyTopics(["shared"])).toEqual([]);
    const [fault] = await admin.checkTopics(["shared"]);
    const topic = fault?.topic as string;
    await expect(sendOne(kafka, "x".repeat(3 * 1024 * 1024), topic)).rejects.toBeInstanceOf(RecordRefusedError);
  });
});
