import { createInMemoryKafka, type InMemoryKafka } from "@inlet/kafka/testing";
import type { BatchHandler } from "@inlet/kafka";
import { TOPICS } from "@inlet/schemas";
import { metricsRegistry } from "@inlet/telemetry";
import { expect, test, vi } from "vitest";
import { reportFault } from "./report-fault.ts";
import { watchConsumers } from "./watch-consumers.ts";

const HALF_MS = TOPICS.rawEvents.retentionMs / 2;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function values(name: string, labels: Record<string, string>): Promise<number[]> {
  const metric = await metricsRegistry.getSingleMetric(name)?.get();
  const found = metric?.values.filter((each) => Object.entries(labels).every(([key, is]) => each.labels[key] === is));
  return found?.map(({ value }) => value) ?? [];
}

/** Does nothing with what it gets, as a service whose ledger is away. */
const STUCK: BatchHandler = async () => ({ processedThrough: null, pauseMs: 60_000 });

function member(kafka: InMemoryKafka, lane: string, handler: BatchHandler, now: () => number) {
  const told: object[] = [];
  const log = { ...silent, error: (fields: object) => void told.push(fields) };
  const watch = watchConsumers("parser", { kafka, reader: kafka.reader(), now, log });
  const consumer = kafka.consumer(watch.watched({ name: "parser", lane, topic: "rawEvents" }, handler));
  return { watch, consumer, told };
}

async function send(kafka: InMemoryKafka, lane: string, count: number): Promise<void> {
  const producer = await kafka.producer();
  for (let n = 0; n < count; n++)
    await producer.send({ topic: `raw-events.${lane}`, key: "k", value: Buffer.from(String(n)), headers: [] });
  await producer.close();
}

const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0);

test("a consumer that stands still shows its lag and its oldest unread record, and alerts once at half of the retention", async () => {
  let time = 1_000_000;
  const kafka = createInMemoryKafka({ lanes: ["still"], now: () => time });
  const { watch, consumer, told } = member(kafka, "still", STUCK, () => time);
  const group = { group: "parser.still" };
  await consumer.start();
  await watch.look();
  expect(sum(await values("inlet_consumer_lag", group))).toBe(0);
  await send(kafka, "still", 3);
  time += 60_000;
  await watch.look();
  expect(sum(await values("inlet_consumer_lag", group))).toBe(3);
  expect(Math.max(...(await values("inlet_oldest_unread_seconds", group)))).toBe(60);
  expect(told).toEqual([]);
  expect(await values("inlet_topic_retention_seconds", group)).toEqual([(2 * HALF_MS) / 1000]);
  time += HALF_MS;
  await watch.look();
  await watch.look();
  expect(told).toEqual([expect.objectContaining({ code: "unread_near_retention", groupId: "parser.still", lag: 3 })]);
  await consumer.stop();
});

test("partitions that go to another member, or whose member stops, leave no value behind", async () => {
  const kafka = createInMemoryKafka({ lanes: ["moved"] });
  const first = member(kafka, "moved", STUCK, Date.now);
  const second = member(kafka, "moved", STUCK, Date.now);
  const count = async () => (await values("inlet_consumer_lag", { group: "parser.moved" })).length;
  await first.consumer.start();
  await first.watch.look();
  expect(await count()).toBe(12);
  await second.consumer.start();
  expect(await count()).toBe(0);
  await first.watch.look();
  expect(await count()).toBe(6);
  await second.consumer.stop();
  await first.consumer.stop();
  expect(await count()).toBe(0);
});

test.each([
  ["what was unread has gone through", async (release: () => void) => release()],
  ["its partitions are taken away", async (_: () => void, stop: () => Promise<void>) => stop()],
])("a service no longer shows as paused once %s", async (name, end) => {
  const lane = name.includes("gone") ? "through" : "taken";
  const kafka = createInMemoryKafka({ lanes: [lane] });
  let stuck = true;
  const handler: BatchHandler = async (records) => {
    if (!stuck) return { processedThrough: records.at(-1)?.offset ?? null };
    reportFault("parser", silent, Object.assign(new Error("away"), { name: "LedgerUnavailableError" }));
    return { processedThrough: null, pauseMs: 5 };
  };
  const { watch, consumer } = member(kafka, lane, handler, Date.now);
  const paused = async () => sum(await values("inlet_consumer_paused", { service: "parser" }));
  await consumer.start();
  await send(kafka, lane, 1);
  await vi.waitFor(async () => expect(await paused()).toBe(1), { timeout: 30_000 });
  await watch.look();
  expect(await paused()).toBe(1);
  await end(
    () => {
      stuck = false;
    },
    async () => consumer.stop(),
  );
  await vi.waitFor(
    async () => {
      await watch.look();
      expect(await paused()).toBe(0);
    },
    { timeout: 30_000 },
  );
  await consumer.stop();
});
