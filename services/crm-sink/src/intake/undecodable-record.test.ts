import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import type { NewRecord } from "@inlet/kafka";
import type { MetUnreadable, TryEnd } from "@inlet/ledger";
import { DLQ_HEADER } from "@inlet/schemas";
import { expect, test } from "vitest";
import type { Arrival, SinkDeps } from "../attempt.ts";
import { endUnreadable } from "./undecodable-record.ts";

const RECORD = {
  topic: "normalized-events",
  partition: 0,
  offset: 9n,
  timestamp: 500,
  key: null,
  value: Buffer.from("?"),
  headers: [],
};
const MET: MetUnreadable = { state: "delivering", own: true, parsedAt: 5, pass: 1, attempt: 2, receivedAt: 100 };
const WAITED = { from: "waiting", record: RECORD, emailKey: null, pass: 1, since: 300, code: "c", starts: 1 } as const;
const codec = createCodec({ registry: createLocalSchemaIds() });

// They were told as tried once, received when Kafka wrote them and failed for the first time just now.
test.each<[what: string, arrival: Arrival, attempts: number, firstFailure: number]>([
  ["of a row that was tried before", { from: "kafka", record: RECORD, behindSlow: false, onKept: () => {} }, 2, 1_000],
  ["that waited", { ...WAITED, attempts: { crm: 2, unexpected: 1 } }, 3, 300],
])("a record that cannot be decoded, %s, keeps its attempts and dates", async (_, arrival, attempts, firstFailure) => {
  const ends: TryEnd[] = [];
  const letters: NewRecord[] = [];
  const deps = {
    codec,
    now: () => 1_000,
    reach: () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    producer: {
      send: async (record: NewRecord) => {
        letters.push(record);
        return { topic: record.topic, partition: 0, offset: 1n };
      },
    },
    ledger: { meetUnreadable: async () => MET, finish: async (end: TryEnd) => void ends.push(end) },
  } as unknown as SinkDeps;
  const owner = { tenant: "acme", eventId: "evt_1" };
  await endUnreadable(deps, arrival, owner, { reason: "unreadable_record", detail: "not Avro" });

  const headers = new Map(letters[0]?.headers?.map(([name, value]) => [name, value?.toString()]));
  expect(headers.get(DLQ_HEADER.attempts)).toBe(String(attempts + 1));
  expect(headers.get(DLQ_HEADER.firstFailure)).toBe(String(firstFailure));
  expect(ends).toMatchObject([{ attempt: attempts, pass: 1, parsedAt: 5, to: { state: "dead_lettered" } }]);
  const to = ends[0]?.to;
  const told = to === undefined || to.state === "waiting" ? null : await codec.decode("Outcome", to.outbox.value);
  expect(told).toMatchObject({ attempts: attempts + 1, receivedAt: 100, endedAt: 1_000 });
});
