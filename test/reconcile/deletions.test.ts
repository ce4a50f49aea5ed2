import { openMemoryDatabase } from "@inlet/ledger/testing";
import type { Database } from "@inlet/ledger/database";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { accountedMail, type AccountedMail, type Email } from "./accounted-mail.ts";

/** L32: whatever is deleted by hand, in the ledger, in Kafka or in the blob store, is found. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let database: Database;
let inlet: AccountedMail;
let victims: Record<"accepted" | "parsed" | "waiting" | "written" | "dead_lettered" | "unpublished", Email>;
let unread: Email[];

beforeAll(async () => {
  database = await openMemoryDatabase();
}, 120_000);
afterAll(async () => database.close());

beforeEach(async () => {
  await database.query("truncate deliveries, waiting, outbox, journey, effects, log_gaps, log_marks");
  inlet = await accountedMail(database);
  for (const stage of ["written", "written", "dead_lettered", "waiting"] as const) await inlet.mail(stage);
  victims = {
    waiting: await inlet.mail("waiting"),
    written: await inlet.mail("written"),
    dead_lettered: await inlet.mail("dead_lettered"),
    unpublished: await inlet.mail("written", { publish: false }),
    parsed: { eventId: "" } as Email,
    accepted: { eventId: "" } as Email,
  };
  await inlet.commit("crm-sink");
  victims.parsed = await inlet.mail("parsed");
  await inlet.commit("parser");
  // The parser died in the middle of a batch: a row without a commit. Behind it mail that no one has read.
  victims.accepted = await inlet.mail("accepted");
  unread = await Promise.all(Array.from({ length: 40 }, async () => inlet.mail("unread")));
  await inlet.standBy();
});
afterEach(async () => inlet.stop());

const remove = (table: string, who: keyof typeof victims) => async (): Promise<unknown> =>
  inlet.database.query(`delete from ${table} where event_id = $1`, [victims[who].eventId]);

/** Takes one record out, as no tool of Kafka's can: a hole. */
const hole = (which: () => Email["raw"] | null) => async (): Promise<void> => {
  const at = which();
  if (at === null || !inlet.kafka.faults.deleteRecord(at)) throw new Error("there is no such record");
};

/** Deletes all that a topic holds, as Kafka's DeleteRecords does. */
const empty = (topic: Parameters<AccountedMail["topic"]>[0]) => async (): Promise<void> => {
  for (const { partition, high } of await inlet.admin.topicOffsets(inlet.topic(topic)))
    inlet.kafka.faults.deleteRecordsBefore({ topic: inlet.topic(topic), partition, offset: high });
};

const anew = (topic: Parameters<AccountedMail["topic"]>[0], partitions: number) => async (): Promise<void> => {
  inlet.kafka.createTopic(inlet.topic(topic), partitions);
};

/** What is deleted; whether the quick run finds it, which reads no topic; how. */
const DELETIONS: [what: string, plain: boolean, by: () => Promise<unknown>][] = [
  ["the delivery row of a written email", true, remove("deliveries", "written")],
  ["the delivery row of a dead letter", true, remove("deliveries", "dead_lettered")],
  ["the delivery row of a waiting email", true, remove("deliveries", "waiting")],
  ["the delivery row of a parsed email", false, remove("deliveries", "parsed")],
  ["the waiting row", true, remove("waiting", "waiting")],
  ["an outbox row before it was published", false, async () => inlet.database.query("delete from outbox")],
  ["a raw event before it was read", false, hole(() => (unread[7] as Email).raw)],
  ["a raw event whose row was begun and is not parsed", false, hole(() => victims.accepted.raw)],
  ["all raw events, also those that were not read", true, empty("rawEvents")],
  ["a raw event after it was read", false, hole(() => victims.written.raw)],
  ["a normalized record before it was delivered", false, hole(() => victims.parsed.normalized)],
  ["a normalized record after it was delivered", false, hole(() => victims.written.normalized)],
  ["all normalized records", true, empty("normalizedEvents")],
  ["a dead letter", false, hole(() => victims.dead_lettered.deadLetter)],
  ["all dead letters", true, empty("dlq")],
  ["the dlq, made anew", true, anew("dlq", 3)],
  ["raw-events, made anew", true, anew("rawEvents", 12)],
  ["an outcome", false, hole(() => inlet.kafka.records(inlet.topic("outcomes"))[0] ?? null)],
  ["every outcome", false, empty("outcomes")],
  ["outcomes, made anew", false, anew("outcomes", 12)],
  ["a blob", false, async () => inlet.blobs.tamper(victims.written.blobKey ?? "", null)],
];

test("nothing deleted: every email is accounted for, plain and deep, twice", async () => {
  for (const deep of [false, true, false, true]) {
    const report = await inlet.reconcile(deep);
    expect({ lost: report.lost, faults: report.faults, notes: report.notes }).toEqual({
      lost: [],
      faults: [],
      notes: [],
    });
    expect(report).toMatchObject({ accepted: 10, written: 4, deadLettered: 2, inFlight: 4, unread: 41, holds: true });
  }
});

describe.each(DELETIONS)("%s", (_what, plain, by) => {
  test("is found by --deep", async () => {
    await by();
    expect(await inlet.reconcile(true)).toMatchObject({ holds: false });
  });

  test.runIf(plain)("is found by the quick run as well", async () => {
    await by();
    expect(await inlet.reconcile(false)).toMatchObject({ holds: false });
  });
});

describe("is remembered", () => {
  test("records that were deleted unread, after the parser went on behind them", async () => {
    await empty("rawEvents")();
    expect((await inlet.reconcile(false)).holds).toBe(false);
    await inlet.stop();
    await inlet.commit("parser");
    await inlet.database.query("delete from deliveries where state = 'accepted'");
    const report = await inlet.reconcile(false);
    expect(report.lost.map(({ state }) => state)).toContain("deleted_unread");
    await inlet.ledger.inspect.accounts.acknowledgeGaps({ actor: "ops", why: "a test" });
    const after = await inlet.reconcile(false);
    expect(after.holds).toBe(true);
    expect(after.notes.join()).toContain("acknowledged");
  });

  test.each(["dlq", "outcomes", "normalizedEvents"] as const)(
    "how far %s reached, so that a topic made anew is known even when it is full again",
    async (name) => {
      expect((await inlet.reconcile(false)).holds).toBe(true);
      const before = await inlet.admin.topicOffsets(inlet.topic(name));
      inlet.kafka.createTopic(inlet.topic(name), before.length);
      const producer = await inlet.kafka.producer();
      for (let n = 0; n < 300; n += 1)
        await producer.send({ topic: inlet.topic(name), key: `${n}`, value: Buffer.from("other"), headers: [] });
      const { lost } = await inlet.reconcile(false);
      expect(lost.map(({ state }) => state)).toContain("made_anew");
    },
  );
});

test("another email's record at the place of a dead letter does not pass for it", async () => {
  const { topic, partition } = victims.dead_lettered.deadLetter as NonNullable<Email["deadLetter"]>;
  const others = inlet.kafka.records(topic).filter((record) => record.partition === partition);
  inlet.kafka.createTopic(topic, 3);
  const producer = await inlet.kafka.producer();
  for (const record of others)
    await producer.send({ topic, key: record.key, value: Buffer.from("other"), headers: [["x", Buffer.from("y")]] });
  expect((await inlet.reconcile(true)).holds).toBe(false);
});
