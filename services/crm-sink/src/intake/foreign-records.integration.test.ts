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
import { type KafkaRecord } from "@inlet/kafka";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import { openLedger, type Ledger } from "@inlet/ledger";
import { topicIn, type NormalizedEvent } from "@inlet/schemas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consumeSentMessages } from "./consume-sent-messages.ts";
import type { SinkDeps } from "../attempt.ts";
import { createIsolation } from "../gates/isolation.ts";
import { createFairQueue } from "./fair-queue.ts";
import { createBatchHandler } from "./handle-batch.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = openLedger({ connectionString: process.env["DATABASE_URL"] ?? "" });
  await ledger.migrate();
});
afterAll(async () => ledger.close());

const codec = createCodec({ registry: createLocalSchemaIds() });
const lane = `l${randomUUID().slice(0, 8)}`;
const tenant = `t-${lane}`;
const topic = topicIn("normalizedEvents", lane);

async function genuine(n: number): Promise<GenuineRecord> {
  const event: NormalizedEvent = {
    eventId: `evt_${n}`,
    tenantId: tenant,
    emailKey: `eml_${n}`,
    contentHash: "cd".repeat(32),
    conversationId: `cnv_${n}`,
    lane: n % 2 === 0 ? lane : "nowhere",
    receivedAt: 1,
    parsedAt: 2,
    source: { name: "raw-mime", kind: "raw-mime", deliveryId: null, eventId: null, receivedAt: null },
    mailbox: null,
    envelope: null,
    messageId: null,
    inReplyTo: null,
    references: [],
    from: { name: null, email: "ada@example.com" },
    contact: null,
    banner: null,
    sender: null,
    replyTo: [],
    to: [],
    cc: [],
    bcc: [],
    date: null,
    subject: null,
    text: "inline text",
    html: null,
    replyText: null,
    signature: null,
    attachments: [],
    auth: { spf: null, dkim: null, dmarc: null },
    spamVerdict: null,
    spamScore: null,
    classification: { kind: "human", reasons: [] },
    addressTags: [],
    headers: [],
    rawRef: null,
    warnings: [],
  };
  const { eventId, emailKey, parsedAt } = event;
  return {
    key: `${tenant}/${event.conversationId}`,
    value: await codec.encode("NormalizedEvent", event),
    headers: recordHeaders({
      tenant,
      eventId,
      lane,
      emailKey,
      parsedAt,
      pass: 0,
      schema: buildSchemaHeader("NormalizedEvent"),
    }),
  };
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** L11: each record that others put on normalized-events ends, in the lane that it was read from; what stands behind it goes on. */
describe("foreign records on normalized-events", async () => {
  const made = await Promise.all(Array.from({ length: 120 }, async (_, n) => genuine(n)));
  const foreign = foreignRecords((n) => made[n] as GenuineRecord);
  const kafka = createInMemoryKafka({ lanes: [lane], topics: { [topic]: 1 } });

  async function readAll(groupId: string): Promise<void> {
    const deps = {
      ledger,
      codec,
      producer: await kafka.producer(),
      // No tenant has a file: what can be read ends as `unknown_tenant`, what cannot as `unreadable_record`.
      tenants: { get: () => undefined, isBroken: () => false },
      log: silent,
      isolation: createIsolation(),
      now: Date.now,
      random: Math.random,
      failpoint: () => {},
      instance: "crm-sink/test",
    } as unknown as SinkDeps;
    const handler = createBatchHandler(deps, createFairQueue(8, 1_000));
    const consumer = kafka.consumer({ groupId, topic, handler, maxRecords: 7 });
    await consumer.start();
    await expect
      .poll(async () => [...(await (await kafka.admin()).committedOffsets(groupId, topic)).values()], {
        timeout: 20_000,
      })
      .toEqual([BigInt(foreign.length + 1)]);
    await consumer.stop();
  }

  test("every one ends, and the partition is read to its end; read again, none ends twice", async () => {
    const producer = await kafka.producer();
    for (const { key, value, headers } of foreign) await producer.send({ topic, key, value, headers });
    await producer.send({ topic, ...(made[119] as GenuineRecord) });
    await readAll("first");
    expect(kafka.records(topicIn("dlq", lane))).toHaveLength(foreign.length + 1);
    await readAll("again");
    expect(kafka.records(topicIn("dlq", lane))).toHaveLength(foreign.length + 1);
  });

  test.each(foreign.map((each, index) => [each.what, each, index] as const))("%s", async (_what, { owner }, index) => {
    const own = findOwner("NormalizedEvent", kafka.records(topic)[index] as KafkaRecord);
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
    const letters = kafka.records(topicIn("dlq", lane)).map(findDeadLetterOwner);
    expect(letters.filter(({ eventId }) => eventId === own.eventId)).toHaveLength(1);
  });

  test("garbage that names an email which waits does not end it", async () => {
    const { key, headers } = await genuine(200);
    await ledger.deliveries.accept(
      [
        {
          tenant,
          eventId: "evt_200",
          lane,
          source: "s",
          sourceKind: "raw-mime",
          sourceDeliveryId: null,
          sourceEventId: null,
          topic: "raw-events",
          partition: 0,
          offset: 0n,
          pass: 0,
          receivedAt: 1,
          traceId: null,
        },
      ],
      1,
    );
    const record = {
      topic: "raw-events",
      partition: 0,
      offset: 0n,
      timestamp: 1,
      key: null,
      value: Buffer.of(1),
      headers,
    };
    const waiting = {
      state: "waiting",
      kind: "retry",
      code: "x",
      delayMs: 1e6,
      lane,
      conversationId: null,
      record,
    } as const;
    const end = {
      tenant,
      eventId: "evt_200",
      service: "parser",
      stage: "parse",
      parsedAt: 0,
      pass: 0,
      attempt: 0,
    } as const;
    await ledger.deliveries.finish({ ...end, effects: [], to: waiting });
    const at = await (await kafka.producer()).send({ topic, key, value: Buffer.from("garbage"), headers });

    const deps = {
      ledger,
      codec,
      producer: await kafka.producer(),
      log: silent,
      isolation: createIsolation(),
      now: Date.now,
      failpoint: () => {},
    };
    const handler = createBatchHandler(deps as unknown as SinkDeps, createFairQueue(8, 1_000));
    const [met] = kafka.records(topic).filter(({ offset }) => offset === at.offset);
    const { signal } = new AbortController();
    expect(await handler([met as KafkaRecord], { signal, endOffset: 0n })).toEqual({ processedThrough: at.offset });
    expect((await ledger.inspect.delivery(tenant, "evt_200"))?.state).toBe("waiting");
    expect((await ledger.inspect.delivery("unknown", `${topic}/0/${at.offset}`))?.state).toBe("dead_lettered");
  });
});

/** L11 for registrations of sent messages, which are no emails: what cannot be kept is an alert and is passed over. */
test("foreign records on outbound-messages stop nothing", async () => {
  const value = async (messageId: string, tenantId: string): Promise<Buffer> =>
    codec.encode("OutboundMessage", {
      messageId,
      tenantId,
      contactEmail: null,
      dealId: null,
      campaign: null,
      sentAt: 1,
      receivedAt: 1,
    });
  const long = Array.from({ length: 9_000 }, () => randomUUID().slice(0, 1)).join("");
  const values = [
    Buffer.alloc(0),
    Buffer.from("garbage"),
    await value(`<${long}@x.example>`, tenant),
    await value("m@x.example", "No Tenant\0"),
    await value("kept@x.example", tenant),
  ];
  const records = values.map((each, n): KafkaRecord => {
    const at = { topic: "outbound-messages", partition: 0, offset: BigInt(n), timestamp: 1 };
    return { ...at, key: null, value: each, headers: [] };
  });
  const { signal } = new AbortController();
  expect(await consumeSentMessages({ ledger, codec, log: silent })(records, { signal, endOffset: 0n })).toEqual({
    processedThrough: 4n,
  });
  const referred = { tenant, emailKey: "e", eventId: "v", lane, conversationId: "c", messageIds: ["kept@x.example"] };
  expect(await ledger.conversations.recordReferences(referred)).toHaveLength(1);
});
