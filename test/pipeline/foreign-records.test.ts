import { createBatchHandler as createSinkHandler } from "@inlet/crm-sink/src/intake/handle-batch.ts";
import type { SinkDeps } from "@inlet/crm-sink/src/attempt.ts";
import { createIsolation } from "@inlet/crm-sink/src/gates/isolation.ts";
import { createFairQueue } from "@inlet/crm-sink/src/intake/fair-queue.ts";
import { buildEmail } from "@inlet/crm-sink/testing/emails.ts";
import {
  buildSchemaHeader,
  createCodec,
  createLocalSchemaIds,
  findDeadLetterOwner,
  findOwner,
  recordHeaders,
} from "@inlet/event-codec";
import { foreignRecords, type GenuineRecord } from "@inlet/event-codec/testing";
import type { BatchHandler, KafkaRecord } from "@inlet/kafka";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import type { Ledger } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { createBatchHandler as createParserHandler } from "@inlet/parser/src/intake/handle-batch.ts";
import type { ParserDeps } from "@inlet/parser/src/intake/incoming-delivery.ts";
import { topicIn, type RawEvent } from "@inlet/schemas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let ledger: Ledger;
beforeAll(async () => {
  ledger = ledgerOn(await openMemoryDatabase());
});
afterAll(async () => ledger.close());

const codec = createCodec({ registry: createLocalSchemaIds() });
type Deps = Record<string, unknown>;

interface Service {
  readonly name: "parser" | "crm-sink";
  readonly record: "RawEvent" | "NormalizedEvent";
  readonly topic: "rawEvents" | "normalizedEvents";
  readonly build: (tenant: string, lane: string, n: number) => Promise<GenuineRecord>;
  readonly handlerFor: (deps: Deps) => BatchHandler;
}

/** Another service that reads records is one line more. */
const SERVICES: readonly Service[] = [
  {
    name: "parser",
    record: "RawEvent",
    topic: "rawEvents",
    build: rawRecord,
    handlerFor: (deps) => createParserHandler(deps as unknown as ParserDeps),
  },
  {
    name: "crm-sink",
    record: "NormalizedEvent",
    topic: "normalizedEvents",
    build: normalizedRecord,
    handlerFor: (deps) =>
      createSinkHandler({ ...deps, isolation: createIsolation() } as unknown as SinkDeps, createFairQueue(8, 1_000)),
  },
];

/** L11: each record that others put on a topic ends, in the lane that it was read from; what stands behind it goes on. */
describe.each(SERVICES)(
  "foreign records before the $name",
  async ({ name, record, topic: base, build, handlerFor }) => {
    const lane = `l-${name}`;
    const tenant = `t-${name}`;
    const topic = topicIn(base, lane);
    const made = await Promise.all(Array.from({ length: 120 }, async (_, n) => build(tenant, lane, n)));
    const foreign = foreignRecords((n) => made[n] as GenuineRecord);
    const kafka = createInMemoryKafka({ lanes: [lane], topics: { [topic]: 1 } });
    const letters = () => kafka.records(topicIn("dlq", lane));

    async function readAll(groupId: string): Promise<void> {
      const handler = handlerFor({
        ledger,
        codec,
        producer: await kafka.producer(),
        // No tenant has a file: what can be read ends as `unknown_tenant`, what cannot as `unreadable_record`.
        tenants: { get: () => undefined, isBroken: () => false },
        log: { debug() {}, info() {}, warn() {}, error() {} },
        now: Date.now,
        random: Math.random,
        failpoint: () => {},
        instance: `${name}/test`,
      });
      const consumer = kafka.consumer({ groupId, topic, handler, maxRecords: 7 });
      await consumer.start();
      const admin = await kafka.admin();
      await expect
        .poll(async () => [...(await admin.committedOffsets(groupId, topic)).values()], { timeout: 30_000 })
        .toEqual([BigInt(foreign.length + 1)]);
      await consumer.stop();
    }

    test("every one ends, and the partition is read to its end; read again, none ends twice", async () => {
      const producer = await kafka.producer();
      for (const { key, value, headers } of foreign) await producer.send({ topic, key, value, headers });
      await producer.send({ topic, ...(made[119] as GenuineRecord) });
      await readAll("first");
      expect(letters()).toHaveLength(foreign.length + 1);
      await readAll("again");
      expect(letters()).toHaveLength(foreign.length + 1);
    });

    test.each(foreign.map((each, index) => [each.what, each, index] as const))(
      "%s",
      async (_what, { owner }, index) => {
        const own = findOwner(record, kafka.records(topic)[index] as KafkaRecord);
        expect(own).toEqual(
          owner === "none"
            ? { tenant: "unknown", eventId: `${topic}/0/${index}` }
            : { tenant, eventId: `evt_${2 * index}` },
        );
        expect(await ledger.inspect.delivery(own.tenant, own.eventId)).toMatchObject({
          state: "dead_lettered",
          lane,
          reason: owner === "genuine" ? "unknown_tenant" : "unreadable_record",
        });
        const owners = letters().map(findDeadLetterOwner);
        expect(owners.filter(({ eventId }) => eventId === own.eventId)).toHaveLength(1);
      },
    );
  },
);

async function rawRecord(tenant: string, lane: string, n: number): Promise<GenuineRecord> {
  const event: RawEvent = {
    eventId: `evt_${n}`,
    tenantId: tenant,
    lane: n % 2 === 0 ? lane : "nowhere",
    receivedAt: 1_795_428_000_123,
    source: { name: "raw-mime", kind: "raw-mime", deliveryId: null, eventId: null, receivedAt: null },
    envelope: null,
    connection: null,
    contentType: "message/rfc822",
    body: Buffer.from("From: a@example.com\r\n\r\nHello"),
  };
  return {
    key: `${tenant}/evt_${n}`,
    value: await codec.encode("RawEvent", event),
    headers: recordHeaders({ tenant, eventId: event.eventId, lane, schema: buildSchemaHeader("RawEvent") }),
  };
}

async function normalizedRecord(tenant: string, lane: string, n: number): Promise<GenuineRecord> {
  const event = buildEmail(tenant, `n${n}`, { eventId: `evt_${n}`, lane: n % 2 === 0 ? lane : "nowhere" });
  const { eventId, emailKey, parsedAt } = event;
  const schema = buildSchemaHeader("NormalizedEvent");
  return {
    key: `${tenant}/${event.conversationId}`,
    value: await codec.encode("NormalizedEvent", event),
    headers: recordHeaders({ tenant, eventId, lane, emailKey, parsedAt, pass: 0, schema }),
  };
}
