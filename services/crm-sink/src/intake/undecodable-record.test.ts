import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import type { NewRecord } from "@inlet/kafka";
import type { UndecodableRecord, AttemptResult } from "@inlet/ledger";
import { DLQ_HEADER } from "@inlet/schemas";
import { expect, test } from "vitest";
import type { IncomingDelivery, SinkDeps } from "../attempt.ts";
import { deadLetterUndecodable } from "./undecodable-record.ts";

const RECORD = {
  topic: "normalized-events",
  partition: 0,
  offset: 9n,
  timestamp: 500,
  key: null,
  value: Buffer.from("?"),
  headers: [],
};
const MET: UndecodableRecord = { state: "delivering", own: true, parsedAt: 5, pass: 1, attempt: 2, receivedAt: 100 };
const WAITED = { from: "waiting", record: RECORD, emailKey: null, pass: 1, since: 300, code: "c", starts: 1 } as const;
const codec = createCodec({ registry: createLocalSchemaIds() });

// They were told as tried once, received when Kafka wrote them and failed for the first time just now.
test.each<[what: string, incoming: IncomingDelivery, attempts: number, firstFailure: number]>([
  ["of a row that was tried before", { from: "kafka", record: RECORD, behindSlow: false, onKept: () => {} }, 2, 1_000],
  ["that waited", { ...WAITED, attempts: { crm: 2, unexpected: 1 } }, 3, 300],
])("a record that cannot be decoded, %s, keeps its attempts and dates", async (_, incoming, attempts, firstFailure) => {
  const ends: AttemptResult[] = [];
  const letters: NewRecord[] = [];
  const deps = {
    codec,
    now: () => 1_000,
    failpoint: () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    producer: {
      send: async (record: NewRecord) => {
        letters.push(record);
        return { topic: record.topic, partition: 0, offset: 1n };
      },
    },
    ledger: {
      deliveries: { acceptUndecodable: async () => MET, finish: async (end: AttemptResult) => void ends.push(end) },
    },
  } as unknown as SinkDeps;
  const owner = { tenant: "acme", eventId: "evt_1" };
  await deadLetterUndecodable(deps, incoming, owner, { reason: "unreadable_record", detail: "not Avro" });

  const headers = new Map(letters[0]?.headers?.map(([name, value]) => [name, value?.toString()]));
  expect(headers.get(DLQ_HEADER.attempts)).toBe(String(attempts + 1));
  expect(headers.get(DLQ_HEADER.firstFailure)).toBe(String(firstFailure));
  expect(ends).toMatchObject([{ attempt: attempts, pass: 1, parsedAt: 5, to: { state: "dead_lettered" } }]);
  const to = ends[0]?.to;
  const told = to === undefined || to.state === "waiting" ? null : await codec.decode("Outcome", to.outbox.value);
  expect(told).toMatchObject({ attempts: attempts + 1, receivedAt: 100, endedAt: 1_000 });
});
