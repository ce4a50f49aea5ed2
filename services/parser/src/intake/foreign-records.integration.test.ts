import { randomUUID } from "node:crypto";
import {
  createCodec,
  createLocalSchemaIds,
  findOwner,
  findDeadLetterOwner,
  recordHeaders,
  buildSchemaHeader,
} from "@inlet/event-codec";
import { foreignRecords, type GenuineRecord } from "@inlet/event-codec/testing";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import { openLedger, type Ledger } from "@inlet/ledger";
import type { RawEvent } from "@inlet/schemas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ParserDeps } from "./incoming-delivery.ts";
import { createBatchHandler } from "./handle-batch.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = openLedger({ connectionString: process.env["DATABASE_URL"] ?? "" });
  await ledger.migrate();
});
afterAll(async () => ledger.close());

const codec = createCodec({ registry: createLocalSchemaIds() });

/** Lane and ids of this run: topics of their own, so that `unknown/<topic>/…` is no one else's row. */
const lane = `l${randomUUID().slice(0, 8)}`;
const tenant = `t-${lane}`;

async function genuine(n: number): Promise<GenuineRecord> {
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

/** L11: each record that others put on raw-events ends, in the lane that it was read from; what stands behind it goes on. */
describe("foreign records on raw-events", async () => {
  const made = await Promise.all(Array.from({ length: 120 }, async (_, n) => genuine(n)));
  const foreign = foreignRecords((n) => made[n] as GenuineRecord);
  const kafka = createInMemoryKafka({ lanes: [lane], topics: { [`raw-events.${lane}`]: 1 } });
  const topic = `raw-events.${lane}`;

  async function run(): Promise<void> {
    const producer = await kafka.producer();
    for (const { key, value, headers } of foreign) await producer.send({ topic, key, value, headers });
    await producer.send({ topic, ...(made[119] as GenuineRecord) });
    const ends = foreign.length + 1;
    const deps = {
      ledger,
      codec,
      producer,
      // No tenant has a file: what can be read ends as `unknown_tenant`, what cannot as `unreadable_record`.
      tenants: { get: () => undefined, isBroken: () => false },
      log: { debug() {}, info() {}, warn() {}, error() {} },
      now: Date.now,
      random: Math.random,
      failpoint: () => {},
      instance: "parser/test",
    } as unknown as ParserDeps;
    const consumer = kafka.consumer({ groupId: "parser", topic, handler: createBatchHandler(deps), maxRecords: 7 });
    await consumer.start();
    await expect
      .poll(async () => [...(await (await kafka.admin()).committedOffsets("parser", topic)).values()], {
        timeout: 20_000,
      })
      .toEqual([BigInt(ends)]);
    await consumer.stop();
  }

  test("every one ends, and the partition is read to its end", async () => {
    await run();
    expect(kafka.records(`dlq.${lane}`)).toHaveLength(foreign.length + 1);
  });

  test.each(foreign.map((each, index) => [each.what, each, index] as const))("%s", async (_what, { owner }, index) => {
    const record = kafka.records(topic)[index] as ReturnType<typeof kafka.records>[number];
    const own = findOwner("RawEvent", record);
    const expected =
      owner === "none"
        ? { tenant: "unknown", eventId: `${topic}/0/${index}` }
        : { tenant, eventId: `evt_${2 * index}` };
    expect(own).toEqual(expected);
    expect(await ledger.inspect.delivery(own.tenant, own.eventId)).toMatchObject({
      state: "dead_lettered",
      lane,
      reason: owner === "genuine" ? "unknown_tenant" : "unreadable_record",
    });
    const letters = kafka.records(`dlq.${lane}`).map(findDeadLetterOwner);
    expect(letters.filter(({ eventId }) => eventId === own.eventId)).toHaveLength(1);
  });
});
