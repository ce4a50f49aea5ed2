import { createCodec, createLocalSchemaIds, outcomeRecord } from "@inlet/event-codec";
import { createInMemoryKafka, type InMemoryKafka } from "@inlet/kafka/testing";
import type { Ledger } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import type { Outcome } from "@inlet/schemas";
import { afterEach, beforeEach, expect, it } from "vitest";
import { finishRecovery, recoverLedger } from "./recover-ledger.ts";

const codec = createCodec({ registry: createLocalSchemaIds() });
/** When the services stopped. */
const BEFORE = Date.now();

let kafka: InMemoryKafka;
let ledger: Ledger;
/** Of all raw events. */
let partition: number;

/** Four emails in one partition; the backup is from when the second was being delivered, the third was written since then, the fourth begun. */
beforeEach(async () => {
  kafka = createInMemoryKafka();
  ledger = ledgerOn(await openMemoryDatabase());
  partition = await sendRaw(4);
  const admin = await kafka.admin();
  await admin.setOffsets("parser", "raw-events", new Map([[partition, 4n]]));
  await admin.close();
  await deliver(0);
  await ledger.deliveries.finish({
    ...ended(0),
    to: { ...ended(0).to, state: "written" },
  } as never);
  await deliver(1);
  await claim("evt_1", "activity", "eml_1");
  await publish({ eventId: "evt_0", effects: [] });
  await publish({ eventId: "evt_1", effects: [{ effect: "activity", key: "eml_1", recordId: "a1" }] });
  await publish({
    eventId: "evt_2",
    effects: [
      { effect: "contact", key: "0f", recordId: "c2" },
      { effect: "deal", key: "cnv_2", recordId: "d2" },
      { effect: "activity", key: "eml_2", recordId: "a2" },
    ],
  });
});
afterEach(async () => ledger.close());

it("what outcomes name is confirmed, what ended is ended, and the groups read again what may have no row", async () => {
  const done = await recover();
  expect(done).toMatchObject({ outcomes: 3, effects: 3, ended: 1, again: { parser: 2 } });
  expect(await ledger.inspect.delivery("acme", "evt_1")).toMatchObject({ state: "written" });
  expect(await claim("evt_2", "deal", "cnv_2")).toMatchObject({ state: "confirmed", recordId: "d2" });
  expect(await claim("evt_2", "activity", "eml_2")).toMatchObject({ state: "confirmed", recordId: "a2" });
  const admin = await kafka.admin();
  expect(await admin.committedOffsets("parser", "raw-events")).toEqual(new Map([[partition, 2n]]));
  await admin.close();
});

it("until the recovery ends, an effect without a row is looked for before it is written; of an email that came later only what it shares", async () => {
  await recover();
  await deliver(3);
  await deliver(4, BEFORE + 60_000);
  const asked = async (event: number) => [
    await claim(`evt_${event}`, "contact", `c${event}@x.example`),
    await claim(`evt_${event}`, "deal", `cnv_${event}`),
    await claim(`evt_${event}`, "activity", `eml_${event}`),
  ];
  expect(await asked(3)).toMatchObject(Array(3).fill({ state: "won", settle: true, claimedMsAgo: null }));
  expect(await asked(4)).toMatchObject([{ settle: true }, { settle: true }, { state: "won", settle: false }]);
  await ledger.recovery.end(1, "ana");
  expect(await claim("evt_4", "deal", "cnv_5")).toMatchObject({ state: "won", settle: false });
});

it("it is refused while a service runs, may be run again after a crash, and ends only once everything was read again", async () => {
  const consumer = kafka.consumer({
    groupId: "parser",
    topic: "raw-events",
    handler: async () => ({ processedThrough: null, pauseMs: 60_000 }),
  });
  await consumer.start();
  await expect(recover()).rejects.toThrow(/parser still has members/);
  await consumer.stop();
  const admin = await kafka.admin();
  const finish = async () => finishRecovery({ ledger: ledger.recovery, admin, actor: "ana" });
  await expect(finish()).rejects.toThrow(/no recovery is open/);
  const first = await recover();
  expect(await recover()).toMatchObject({ recovery: first.recovery, effects: 0, ended: 0 });
  await expect(finish()).rejects.toThrow(/2 records are still to be read again/);
  await admin.setOffsets("parser", "raw-events", new Map([[partition, 4n]]));
  await deliver(3);
  await expect(finish()).rejects.toThrow(/1 emails of that time/);
  await ledger.deliveries.finish({ ...ended(3), to: { ...ended(3).to, state: "written" } } as never);
  expect(await finish()).toBe(first.recovery);
  expect(await ledger.recovery.open()).toBeNull();
  await admin.close();
});

async function recover() {
  const admin = await kafka.admin();
  const deps = { ledger: ledger.recovery, admin, codec, actor: "ana", onProgress: () => {} };
  const done = await recoverLedger(deps, { before: BEFORE, why: null });
  await admin.close();
  return done;
}

async function sendRaw(count: number): Promise<number> {
  const producer = await kafka.producer();
  let sent = 0;
  for (let n = 0; n < count; n++)
    ({ partition: sent } = await producer.send({
      topic: "raw-events",
      key: "k",
      value: Buffer.from(String(n)),
      headers: [],
    }));
  await producer.close();
  return sent;
}

async function publish(change: Partial<Outcome>): Promise<void> {
  const record = await outcomeRecord(codec, {
    eventId: "",
    tenantId: "acme",
    lane: "shared",
    emailKey: "eml",
    state: "written",
    reason: null,
    warnings: [],
    duplicateOf: null,
    crm: "hubspot",
    effects: [],
    pass: 0,
    attempts: 1,
    receivedAt: BEFORE - 60_000,
    endedAt: BEFORE - 30_000,
    ...change,
  });
  const producer = await kafka.producer();
  await producer.send(record);
  await producer.close();
}

async function deliver(n: number, receivedAt = BEFORE - 60_000): Promise<void> {
  const event = { tenant: "acme", eventId: `evt_${n}`, lane: "shared", source: "s", sourceKind: "smtp" };
  const ids = { sourceDeliveryId: null, sourceEventId: null, pass: 0, receivedAt, traceId: null };
  const raw = { topic: "raw-events", partition, offset: BigInt(n) };
  await ledger.deliveries.accept([{ ...event, ...ids, ...raw }], BEFORE - 50_000);
  await ledger.deliveries.admit({
    ...event,
    ...ids,
    topic: "normalized-events",
    partition: 0,
    offset: BigInt(n),
    emailKey: `eml_${n}`,
    contentHash: "h",
    mappingVersion: "m",
    conversationId: `cnv_${n}`,
    messageId: null,
    parsedAt: BEFORE - 50_000,
    now: BEFORE - 50_000,
  });
}

async function claim(eventId: string, effect: string, key: string) {
  const claimed = { tenant: "acme", crm: "hubspot", effect, key, owner: "o", eventId, leaseMs: 60_000, settleMs: 0 };
  return ledger.effects.claim([claimed]).then(([result]) => result);
}

function ended(n: number) {
  return {
    tenant: "acme",
    eventId: `evt_${n}`,
    service: "crm-sink",
    stage: "deliver",
    parsedAt: BEFORE - 50_000,
    pass: 0,
    attempt: 0,
    effects: [],
    to: {
      state: "written",
      reason: null,
      detail: null,
      duplicateOf: null,
      warnings: [],
      evidence: {},
      summary: [],
      contentHash: "h",
      mappingVersion: "m",
      deadLetter: null,
      endedAt: BEFORE - 40_000,
      outbox: { topic: "outcomes", key: "k", value: Buffer.from("o"), headers: [] },
    },
  };
}
