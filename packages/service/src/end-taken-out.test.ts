import { createCodec, createLocalSchemaIds } from "@inlet/event-codec";
import { headerText, type NewRecord } from "@inlet/kafka";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { DLQ_HEADER } from "@inlet/schemas";
import { expect, test } from "vitest";
import { endTakenOut } from "./end-taken-out.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test.each([
  ["with its bytes", Buffer.from("bytes"), "bytes"],
  ["by reference, from Kafka", null, "from kafka"],
] as const)("an email that waits and is taken out ends as a dead letter: %s", async (_, value, sent) => {
  const database = await openMemoryDatabase();
  const ledger = ledgerOn(database);
  await ledger.deliveries.accept(
    [
      {
        tenant: "acme",
        eventId: "evt_1",
        lane: "shared",
        source: "s",
        sourceKind: "smtp",
        sourceDeliveryId: null,
        sourceEventId: null,
        topic: "raw-events",
        partition: 0,
        offset: 1n,
        pass: 0,
        receivedAt: 1_000,
        traceId: null,
      },
    ],
    1_000,
  );
  await ledger.deliveries.finish({
    tenant: "acme",
    eventId: "evt_1",
    service: "parser",
    stage: "parse",
    parsedAt: 0,
    pass: 0,
    attempt: 0,
    effects: [],
    to: {
      state: "waiting",
      kind: "retry",
      code: "attachment_away",
      delayMs: 600_000,
      lane: "shared",
      conversationId: null,
      record: {
        topic: "raw-events",
        partition: 0,
        offset: 1n,
        timestamp: Date.now(),
        key: Buffer.from("k"),
        value,
        headers: [],
      },
    },
  });
  await ledger.waiting.act({ tenant: "acme" }, { act: "dead-letter", actor: "ana", why: "not ours" });
  const letters: NewRecord[] = [];
  const producer = {
    send: async (record: NewRecord) => {
      letters.push(record);
      return { topic: record.topic, partition: 0, offset: 7n };
    },
  };
  const records = {
    read: async (at: readonly object[]) =>
      at.map((each) => ({ ...each, value: Buffer.from("from kafka"), headers: [] }) as never),
  };
  const poller = endTakenOut(
    {
      ledger,
      codec: createCodec({ registry: createLocalSchemaIds() }),
      producer,
      log,
      now: Date.now,
      failpoint: () => {},
    },
    records,
    { service: "parser", stage: "parse", lanes: ["shared"], owner: "p/1" },
  );
  // The first round is under way: `stop` waits for it.
  await poller.stop();
  expect(letters.map((letter) => [letter.topic, letter.value.toString()])).toEqual([["dlq", sent]]);
  expect(headerText(letters[0]?.headers ?? [], DLQ_HEADER.errorClass)).toBe("taken_out");
  expect(await ledger.inspect.delivery("acme", "evt_1")).toMatchObject({
    state: "dead_lettered",
    reason: "taken_out",
    detail: "not ours; it waited: attachment_away",
    deadLetter: { topic: "dlq", offset: 7 },
  });
  expect(await ledger.waiting.mail()).toEqual([]);
  await ledger.close();
});
