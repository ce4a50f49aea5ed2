import { randomUUID } from "node:crypto";
import { createCodec, createLocalSchemaIds, recordHeaders, buildSchemaHeader } from "@inlet/event-codec";
import { type KafkaRecord } from "@inlet/kafka";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import type { Ledger } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { buildEmail } from "../../testing/emails.ts";
import { topicIn } from "@inlet/schemas";
import { afterAll, beforeAll, expect, test } from "vitest";
import { consumeSentMessages } from "./consume-sent-messages.ts";
import type { SinkDeps } from "../attempt.ts";
import { createIsolation } from "../gates/isolation.ts";
import { createFairQueue } from "./fair-queue.ts";
import { createBatchHandler } from "./handle-batch.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = ledgerOn(await openMemoryDatabase());
});
afterAll(async () => ledger.close());

const codec = createCodec({ registry: createLocalSchemaIds() });
const lane = "acme";
const tenant = "acme";
const topic = topicIn("normalizedEvents", lane);

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What any foreign record comes to stands in test/pipeline/foreign-records.test.ts. */
test("garbage that names an email which waits does not end it", async () => {
  const { emailKey, conversationId, parsedAt } = buildEmail(tenant, "ada");
  const schema = buildSchemaHeader("NormalizedEvent");
  const key = `${tenant}/${conversationId}`;
  const headers = recordHeaders({ tenant, eventId: "evt_200", lane, emailKey, parsedAt, pass: 0, schema });
  const kafka = createInMemoryKafka({ lanes: [lane], topics: { [topic]: 1 } });
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
