import { createRequire } from "node:module";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { patchKafkajsProduce } from "../patch-kafkajs-produce.ts";
import { encodeProduceRequest } from "./produce-request.ts";
import type { ProducedMessage, ProduceRequest } from "./produce-request.ts";

const require = createRequire(import.meta.url);
type Make = (request: object) => { encode(): Promise<{ buffer: Buffer }> };
const kafkajsEncoder = require("kafkajs/src/protocol/requests/produce/v7/request") as Make;
const NOW = Date.UTC(2026, 10, 24, 10, 0, 0, 123);

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

function request(...partitions: ProducedMessage[][]): ProduceRequest {
  return {
    acks: -1,
    timeout: 10_000,
    producerId: -1,
    producerEpoch: 0,
    topicData: [
      {
        topic: "raw-events",
        partitions: partitions.map((messages, partition) => ({ partition, firstSequence: 0, messages })),
      },
    ],
  };
}

function message(bytes: number, headers?: Record<string, Buffer[]>): ProducedMessage {
  return {
    key: Buffer.from("acme/evt_1"),
    value: Buffer.alloc(bytes, bytes),
    ...(headers === undefined ? {} : { headers }),
  };
}

async function asKafkajs(given: ProduceRequest): Promise<Buffer> {
  return (await kafkajsEncoder(given).encode()).buffer;
}

const headers = {
  "inlet-tenant": [Buffer.from("acme")],
  empty: [Buffer.alloc(0)],
  twice: [Buffer.from("ä"), Buffer.from([0, 255])],
};

test.each<[string, ProduceRequest]>([
  ["one small record", request([message(10)])],
  ["headers: none of a name, several of a name, bytes, empty", request([message(100, headers), message(0, {})])],
  [
    "no key, no value",
    request([
      { key: null, value: null },
      { key: Buffer.alloc(0), value: Buffer.alloc(0) },
    ]),
  ],
  ["several partitions, one with one record", request([message(5), message(6)], [message(7)], [message(8, headers)])],
  [
    "lengths about the steps of a varint",
    request([0, 1, 62, 63, 64, 65, 127, 128, 8190, 8191, 8192, 16_383, 16_384].map((n) => message(n))),
  ],
  ["a record of 768 KiB", request([message(768 * 1024, headers)])],
  ["300 records: offsets of two bytes", request(Array.from({ length: 300 }, (_, n) => message(n, headers)))],
  [
    "two topics",
    {
      ...request(),
      topicData: [
        ...request([message(3)]).topicData,
        { topic: "ä", partitions: [{ partition: 11, firstSequence: 0, messages: [message(4)] }] },
      ],
    },
  ],
  ["an idempotent producer's ids", { ...request([message(9)]), producerId: 4_294_967_299n, producerEpoch: 7 }],
])("%s: the same bytes as kafkajs", async (_what, given) => {
  const expected = await asKafkajs(given);
  expect(encodeProduceRequest(given, NOW).equals(expected)).toBe(true);
});

test("kafkajs sends by it, but for what it does not do: compression, transactions, timestamps, old versions", async () => {
  patchKafkajsProduce();
  const produce = require("kafkajs/src/protocol/requests/produce") as {
    protocol(of: {
      version: number;
    }): (given: object) => { request: { encode(): Promise<{ buffer: Buffer }> }; response: unknown };
  };
  const made = (version: number, given: object) => produce.protocol({ version })(given);
  const plain = request([message(50, headers)]);
  const fast = await made(7, plain).request.encode();
  expect(fast.constructor).toBe(Object);
  expect(fast.buffer.equals(await asKafkajs(plain))).toBe(true);
  expect(made(7, plain)).toHaveProperty("response.parse");
  expect(made(7, plain).request).toMatchObject({ apiKey: 0, apiVersion: 7, apiName: "Produce" });
  const others = [
    made(7, { ...plain, compression: 1 }),
    made(7, { ...plain, transactionalId: "t" }),
    made(7, request([{ ...message(1), timestamp: "1" } as ProducedMessage])),
  ];
  for (const { request: left } of others) expect((await left.encode()).constructor.name).toBe("Encoder");
});
