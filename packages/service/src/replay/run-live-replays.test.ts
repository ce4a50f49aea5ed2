import type { Consumer, KafkaRecord } from "@inlet/kafka";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import { liveService, toReplayRequest, type Job, type Ledger, type Poller } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runLiveReplays } from "./run-live-replays.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const TOPIC = "normalized-events";
const RECORDS = 40;

let ledger: Ledger;
beforeAll(async () => {
  ledger = ledgerOn(await openMemoryDatabase());
}, 60_000);
afterAll(async () => ledger.close());

it("each member sets its own partitions back while it runs, once, and goes on with what comes", async () => {
  const kafka = createInMemoryKafka();
  const seen: string[] = [];
  const members: { consumer: Consumer; poller: Poller }[] = [];
  const start = async (instance: string): Promise<void> => {
    const consumer = kafka.consumer({
      groupId: "crm-sink",
      topic: TOPIC,
      handler: async (records: readonly KafkaRecord[]) => {
        seen.push(...records.map(({ partition, offset }) => `${partition}/${offset}`));
        return Promise.resolve({ processedThrough: records.at(-1)?.offset ?? null });
      },
    });
    await consumer.start();
    const deps = { kafka, ledger, log: SILENT, service: "crm-sink" as const, instance };
    members.push({ consumer, poller: runLiveReplays(deps, new Map([["shared", consumer]])) });
  };
  await start("a");
  await start("b");
  const producer = await kafka.producer();
  for (let n = 0; n < RECORDS; n += 1)
    await producer.send({ topic: TOPIC, key: `key-${n}`, value: Buffer.from("x"), headers: [] });
  await vi.waitFor(() => expect(seen).toHaveLength(RECORDS), { timeout: 30_000 });

  const admin = await kafka.admin();
  const ranges = (await admin.topicOffsets(TOPIC)).flatMap(({ partition, high }) =>
    high > 0n ? [{ partition, from: 0, to: Number(high) }] : [],
  );
  const replay = { id: "live-1", service: "crm-sink" as const, lane: "shared", topic: TOPIC, filter: {}, ranges };
  const by = { name: "live", actor: "ada@desk", why: null, asked: {} };
  await ledger.jobs.create({ ...toReplayRequest(replay, by), service: liveService("crm-sink") });
  const job = await vi.waitFor(
    async (): Promise<Job | null> => {
      const found = await ledger.jobs.get("live-1");
      expect(found?.state).toBe("done");
      return found;
    },
    { timeout: 30_000, interval: 20 },
  );
  expect(job).toMatchObject({ done: RECORDS, total: RECORDS });
  expect(seen).toHaveLength(2 * RECORDS);
  expect(Object.keys(job?.place["rewound"] as object)).toHaveLength(ranges.length);

  // Nothing goes on being read: what comes is read once.
  await producer.send({ topic: TOPIC, key: "later", value: Buffer.from("x"), headers: [] });
  await vi.waitFor(() => expect(seen).toHaveLength(2 * RECORDS + 1), { timeout: 30_000 });
  await Promise.all(members.map(async ({ consumer, poller }) => Promise.all([poller.stop(), consumer.stop()])));
}, 90_000);
