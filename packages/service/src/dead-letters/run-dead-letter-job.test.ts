import { buildDeadLetter, headerText, type Producer } from "@inlet/kafka";
import { createInMemoryKafka, type InMemoryKafka } from "@inlet/kafka/testing";
import { FIRST_COUNT, toDeadLetterRequest, type DeadLetterSet, type Ledger } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase, type Database } from "@inlet/ledger/testing";
import { HEADER } from "@inlet/schemas";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runDeadLetterJob, type DeadLetterDeps } from "./run-dead-letter-job.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** When the operator asked. */
const ASKED = 2_000_000;

let kafka: InMemoryKafka;
let database: Database;
let ledger: Ledger;
let producer: Producer;

beforeEach(async () => {
  kafka = createInMemoryKafka();
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  producer = await kafka.producer();
});
afterEach(async () => {
  await producer.close();
  await ledger.close();
});

/** An email that ended as a dead letter; its bytes are its event id. */
async function die(
  eventId: string,
  more: { tenant?: string; reason?: string; endedAt?: number; detail?: string } = {},
) {
  const { tenant = "acme", reason = "crm_rejected", endedAt = 1_000_000, detail = "hubspot:400:VALIDATION: no" } = more;
  const raw = { topic: "raw-events", partition: 0, offset: 1n, timestamp: 1, key: Buffer.from(eventId) };
  const event = { tenant, eventId, lane: "shared", source: "s", sourceKind: "smtp", receivedAt: 1_000 };
  const ids = { sourceDeliveryId: null, sourceEventId: null, pass: 0, traceId: null };
  await ledger.deliveries.accept([{ ...event, ...ids, ...raw }], 1_000);
  const cause = {
    tenant,
    eventId,
    service: "crm-sink",
    step: "deal",
    reason,
    message: "",
    attempts: 1,
    firstFailure: 1,
    traceId: null,
  };
  const letter = await producer.send(buildDeadLetter({ ...raw, value: Buffer.from(eventId), headers: [] }, cause));
  await ledger.deliveries.finish({
    tenant,
    eventId,
    service: "parser",
    stage: "parse",
    parsedAt: 0,
    pass: 0,
    attempt: 0,
    effects: [],
    to: {
      state: "dead_lettered",
      reason,
      detail,
      duplicateOf: null,
      warnings: [],
      evidence: {},
      summary: [],
      contentHash: null,
      mappingVersion: null,
      deadLetter: letter,
      endedAt,
      outbox: { topic: "outcomes", key: eventId, value: Buffer.from("o"), headers: [] },
    },
  });
}

async function ask(act: "replay" | "discard", set: Partial<DeadLetterSet> = {}, perSecond = 3) {
  const whole = { tenant: "acme", reason: "crm_rejected", until: ASKED, ...set };
  const [lane] = await ledger.deadLetters.count(whole);
  const by = { id: `job_${act}`, lane: "shared", actor: "ana", why: "repaired", total: lane?.emails ?? 0 };
  return ledger.jobs.create(toDeadLetterRequest({ act, set: whole, perSecond }, by));
}

/** One instance's work; `at` is called at its points. */
async function work(instance: string, at: (point: string) => void = () => {}): Promise<void> {
  const deps: DeadLetterDeps = { ledger, producer, reader: kafka.reader(), log, instance, failpoint: at };
  const take = { holder: instance, leaseMs: 60_000, service: "crm-sink", lanes: ["shared"] };
  const job = await ledger.jobs.take({ ...take, kinds: ["dlq_replay", "dlq_discard"] });
  if (job !== null) await runDeadLetterJob(deps, job, new AbortController().signal);
}

const sent = (): string[] => kafka.records("raw-events").map(({ value }) => value?.toString() ?? "");

it("a replay by filter goes over the whole set as it was when it was asked for, whatever is killed on the way, and over nothing else", async () => {
  const set = Array.from({ length: 8 }, (_, n) => `evt_${n}`);
  for (const eventId of set) await die(eventId);
  await die("evt_reason", { reason: "too_old" });
  await die("evt_tenant", { tenant: "globex" });
  await die("evt_later", { endedAt: ASKED + 1 });
  expect(await ask("replay")).toMatchObject({ total: 8, kind: "dlq_replay" });

  let pages = 0;
  const killed = work("a", () => {
    pages += 1;
    if (pages === 2) throw new Error("killed");
  });
  await expect(killed).rejects.toThrow("killed");
  expect(await ledger.jobs.get("job_replay")).toMatchObject({ done: 3, results: { replayed: 3 }, holder: "a" });
  await database.query("update jobs set lease_until = clock_timestamp()");
  await work("b");

  expect(await ledger.jobs.get("job_replay")).toMatchObject({ state: "done", done: 8, results: { replayed: 8 } });
  expect(new Set(sent())).toEqual(new Set(set));
  const passes = kafka.records("raw-events").map(({ headers }) => headerText(headers, HEADER.pass));
  expect(new Set(passes)).toEqual(new Set(["1"]));
  // Each stays a dead letter until its service has read it again.
  expect(await ledger.inspect.countByState()).toEqual({ dead_lettered: 11 });
  expect((await ledger.inspect.journey("acme", "evt_0")).map(({ what }) => what)).toContain("replayed");
}, 60_000);

it("what the dlq does not hold any more is counted as gone, and stays a dead letter", async () => {
  await die("evt_1");
  await die("evt_2");
  const [first] = kafka.records("dlq").filter(({ value }) => value?.toString() === "evt_1");
  if (first !== undefined) kafka.faults.deleteRecord(first);
  await ask("replay");
  await work("a");
  expect(await ledger.jobs.get("job_replay")).toMatchObject({ state: "done", results: { replayed: 1, gone: 1 } });
  expect(sent()).toEqual(["evt_2"]);
});

it.each(["pause", "cancel"] as const)(
  "%s stops it between two pages; what was sent stays sent",
  async (order) => {
    for (let n = 0; n < 6; n++) await die(`evt_${n}`);
    await ask("replay");
    const orders: Promise<unknown>[] = [];
    await work("a", () => orders.push(ledger.jobs.direct("job_replay", order, "bob")));
    await Promise.all(orders);
    await work("a");
    const job = await ledger.jobs.get("job_replay");
    expect(job?.state).toBe(order === "pause" ? "paused" : "cancelled");
    expect(sent().length).toBe(job?.done);
    if (order === "cancel") return;
    await ledger.jobs.direct("job_replay", "resume", "bob");
    await work("b");
    expect(sent().length).toBe(6);
  },
  60_000,
);

it("what is discarded stays accounted for, is neither listed nor replayed by a filter, and is open again in its next pass", async () => {
  for (const eventId of ["evt_1", "evt_2"]) await die(eventId);
  await die("evt_other", { reason: "too_old", detail: "waited" });
  await ask("discard");
  await work("a");
  expect(await ledger.jobs.get("job_discard")).toMatchObject({ state: "done", results: { discarded: 2 } });
  const { counts } = await ledger.inspect.accounts.countFrom(FIRST_COUNT, 100);
  expect(counts).toEqual([{ tenant: "acme", state: "dead_lettered", emails: 3 }]);
  expect(await ledger.inspect.accounts.countDiscarded()).toEqual(new Map([["acme", 2]]));
  expect((await ledger.inspect.deadLetters({ limit: 10 })).map(({ eventId }) => eventId)).toEqual(["evt_other"]);
  expect(await ledger.deadLetters.count({ tenant: "acme", until: ASKED })).toEqual([{ lane: "shared", emails: 1 }]);
  await database.query("update deliveries set pass = 1 where event_id = 'evt_1'");
  expect(await ledger.deadLetters.count({ tenant: "acme", until: ASKED })).toEqual([{ lane: "shared", emails: 2 }]);
  expect((await ledger.inspect.journey("acme", "evt_1")).at(-1)).toMatchObject({
    what: "discarded",
    detail: { by: "ana", why: "repaired" },
  });
});

it("dead letters are grouped by reason, what the CRM said, tenant and release, with the first, the last and the days", async () => {
  await die("evt_1", { endedAt: 10 });
  await die("evt_2", { endedAt: 30 });
  await die("evt_3", { endedAt: 20, detail: "hubspot:400:OTHER" });
  await die("evt_4", { endedAt: 40, reason: "too_old", detail: "waited 5 s: quota" });
  const day = (emails: number) => ({ release: null, days: { "1970-01-01": emails } });
  const rejected = { tenant: "acme", reason: "crm_rejected", code: "hubspot:400:VALIDATION" };
  const groups = await ledger.deadLetters.group({ until: ASKED });
  expect(groups).toEqual([
    { ...rejected, emails: 2, firstAt: 10, lastAt: 30, ...day(2) },
    { ...rejected, code: "hubspot:400:OTHER", emails: 1, firstAt: 20, lastAt: 20, ...day(1) },
    { tenant: "acme", reason: "too_old", code: null, emails: 1, firstAt: 40, lastAt: 40, ...day(1) },
  ]);
  expect(await ledger.deadLetters.group({ until: ASKED, since: 25, reason: "crm_rejected" })).toHaveLength(1);
  // A group is a set of its own: none of the others, and none less.
  for (const { tenant, code, release, emails } of groups)
    expect(await ledger.deadLetters.count({ tenant, code, release, until: ASKED })).toEqual([
      { lane: "shared", emails },
    ]);
});

it("ten thousand dead letters of one cause are one line, with a page at a time behind it; another release has its own", async () => {
  await database.query(
    `insert into deliveries (tenant, event_id, lane, state, reason, detail, source, source_kind, received_at, ended_at, ended_release, dlq_topic, dlq_partition, dlq_offset)
     select 'acme', 'evt_' || n, 'shared', 'dead_lettered', 'crm_rejected', 'hubspot:400:VALIDATION: no', 's', 'smtp', n, 86400000 + n / 2 * 50000, '1.0.0', 'dlq', 0, n
       from generate_series(1, 10000) n`,
  );
  await database.query(
    `insert into deliveries (tenant, event_id, lane, state, reason, detail, source, source_kind, received_at, ended_at, ended_release)
     values ('acme', 'evt_new', 'shared', 'dead_lettered', 'crm_rejected', 'hubspot:400:VALIDATION: no', 's', 'smtp', 1, 99, '1.1.0')`,
  );
  const until = 1_000_000_000;
  const [first, ...others] = await ledger.deadLetters.group({ until });
  expect(first).toMatchObject({ emails: 10_000, code: "hubspot:400:VALIDATION", release: "1.0.0" });
  expect(Object.keys(first?.days ?? {})).toEqual(["1970-01-02", "1970-01-03", "1970-01-04"]);
  expect(Object.values(first?.days ?? {}).reduce((sum, emails) => sum + emails, 0)).toBe(10_000);
  expect(others).toMatchObject([{ emails: 1, release: "1.1.0" }]);

  const set = { tenant: "acme", release: "1.0.0", until };
  expect(await ledger.deadLetters.measure(set, 86_400_000 + 25_000_000)).toEqual([
    { tenant: "acme", emails: 10_000, oldestAt: 86_400_000, newestAt: 86_400_000 + 250_000_000, gone: 999 },
  ]);
  const pageOne = await ledger.deadLetters.page(set, { limit: 3 });
  const pageTwo = await ledger.deadLetters.page(set, { limit: 3, from: { place: pageOne[2] as never, way: "after" } });
  expect([...pageOne, ...pageTwo].map(({ eventId }) => eventId)).toEqual([
    "evt_10000",
    "evt_9999",
    "evt_9998",
    "evt_9997",
    "evt_9996",
    "evt_9995",
  ]);
  const back = { place: pageTwo[0] as never, way: "before" } as const;
  expect(await ledger.deadLetters.page(set, { limit: 3, from: back })).toEqual(pageOne);
});

it("the release that ends a delivery is noted on its row", async () => {
  const released = ledgerOn(database, { release: "2.0.0" });
  const before = ledger;
  ledger = released;
  await die("evt_1");
  ledger = before;
  expect(await ledger.deadLetters.group({ until: ASKED })).toMatchObject([{ release: "2.0.0" }]);
});
