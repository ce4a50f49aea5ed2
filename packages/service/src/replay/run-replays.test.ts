import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaRecord, Producer } from "@inlet/kafka";
import { createInMemoryKafka, type InMemoryKafka } from "@inlet/kafka/testing";
import { replayGroup, toReplayRequest, type Ledger, type Poller, type Replay, type ReplayFilter } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { HEADER } from "@inlet/schemas";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ReplayDeps, ReplayHandler } from "./run-replay.ts";
import { runReplays } from "./run-replays.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const TOPIC = "normalized-events";

let ledger: Ledger;
let kafka: InMemoryKafka;
let producer: Producer;
let running: Poller[] = [];
let made = 0;

beforeAll(async () => {
  ledger = ledgerOn(await openMemoryDatabase());
}, 60_000);
afterEach(async () => {
  await Promise.all(running.map(async (poller) => poller.stop()));
  running = [];
});
afterAll(async () => ledger.close());

describe("a replay", () => {
  it("reads what the filter means of the frozen range, in a group of its own that is gone in the end", async () => {
    const { id, seen } = await ask({ filter: { tenant: "acme" }, records: 40 });
    await send(3);
    start(seen);
    expect(await ended(id)).toMatchObject({ state: "done", done: 40, total: 40, results: { unchanged: 20 } });
    expect(seen.length).toBe(20);
    expect(new Set(seen).size).toBe(20);
    expect(await groupIsGone(id)).toBe(true);
  });

  it("means single emails by their ids", async () => {
    const { id, seen } = await ask({ filter: { eventIds: ["evt_3", "evt_8"] }, records: 12 });
    start(seen);
    await ended(id);
    expect(seen.toSorted()).toEqual(["evt_3", "evt_8"]);
  });

  it("is taken over where it was when its process dies, and counts nothing twice", async () => {
    const { id, seen } = await ask({ filter: {}, records: 60 });
    const first = start(seen, { instance: "a", budget: { left: 25 } });
    await vi.waitFor(async () => expect((await ledger.jobs.get(id))?.done).toBeGreaterThan(0), { timeout: 30_000 });
    await first.stop();
    expect(await ledger.jobs.get(id)).toMatchObject({ state: "waiting", holder: null });
    start(seen, { instance: "b" });
    const job = await ended(id);
    expect(job).toMatchObject({ state: "done", done: 60, results: { unchanged: 60 } });
    expect(new Set(seen).size).toBe(60);
  });

  it("pauses where it is, goes on from there, and is cancelled half way with its group put away", async () => {
    const { id, seen } = await ask({ filter: {}, records: 60 });
    const budget = { left: 20 };
    start(seen, { budget });
    await vi.waitFor(async () => expect((await ledger.jobs.get(id))?.done).toBeGreaterThan(0), { timeout: 30_000 });
    await ledger.jobs.direct(id, "pause", "ada");
    await vi.waitFor(async () => expect((await ledger.jobs.get(id))?.state).toBe("paused"), { timeout: 30_000 });
    const paused = seen.length;
    budget.left = 20;
    await ledger.jobs.direct(id, "resume", "ada");
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(paused), { timeout: 30_000 });
    await ledger.jobs.direct(id, "cancel", "ada");
    expect(await ended(id)).toMatchObject({ state: "cancelled" });
    expect(seen.length).toBeLessThan(60);
    expect(await groupIsGone(id)).toBe(true);
  });

  it("says how many records Kafka had deleted before they were read again, and ends all the same", async () => {
    const { id, seen } = await ask({ filter: {}, records: 30 });
    const [first] = kafka.records(TOPIC);
    const { partition = 0 } = first ?? {};
    const there = kafka.records(TOPIC).filter((record) => record.partition === partition).length;
    kafka.faults.deleteRecordsBefore({ topic: TOPIC, partition, offset: BigInt(there) });
    start(seen);
    expect(await ended(id)).toMatchObject({ state: "done", results: { gone: there, unchanged: 30 - there } });
  });

  it("that waits for its tenant holds up no other", async () => {
    const { id, seen } = await ask({ filter: { tenant: "acme" }, records: 20 });
    const waiting = await ledger.jobs.get(id);
    const { ranges } = (waiting?.frozen ?? {}) as { ranges: Replay["ranges"] };
    const other = { id: `${id}-other`, service: "crm-sink" as const, lane: "shared", topic: TOPIC, ranges };
    const by = { name: "other", actor: "ada@desk", why: null, asked: {} };
    await ledger.jobs.create(toReplayRequest({ ...other, filter: { tenant: "other" } }, by));
    start(seen, { holdsBack: "acme" });
    expect(await ended(other.id)).toMatchObject({ state: "done", results: { unchanged: 10 } });
    expect((await ledger.jobs.get(id))?.endedAt).toBeNull();
    await ledger.jobs.direct(id, "cancel", "ada");
    await ended(id);
  });

  it("waits while the infrastructure is away, and loses nothing by it", async () => {
    const { id, seen } = await ask({ filter: {}, records: 10 });
    start(seen, { failures: 2 });
    expect(await ended(id)).toMatchObject({ state: "done", results: { unchanged: 10 } });
  });

  it("of nothing is done at once", async () => {
    const { id, seen } = await ask({ filter: {}, records: 0 });
    start(seen);
    expect(await ended(id)).toMatchObject({ state: "done", done: 0, total: 0 });
  });
});

async function ask({ filter, records }: { filter: ReplayFilter; records: number }) {
  kafka = createInMemoryKafka();
  producer = await kafka.producer();
  await send(records);
  const admin = await kafka.admin();
  const ranges = (await admin.topicOffsets(TOPIC)).map(({ partition, low, high }) => ({
    partition,
    from: Number(low),
    to: Number(high),
  }));
  const id = `replay-${(made += 1)}`;
  const replay = { id, service: "crm-sink" as const, lane: "shared", topic: TOPIC, filter, ranges };
  await ledger.jobs.create(toReplayRequest(replay, { name: id, actor: "ada@desk", why: null, asked: {} }));
  return { id, seen: [] as string[] };
}

async function send(records: number): Promise<void> {
  for (let n = 0; n < records; n += 1) {
    const headers = { [HEADER.tenant]: n % 2 === 0 ? "acme" : "other", [HEADER.eventId]: `evt_${n}` };
    await producer.send({
      topic: TOPIC,
      key: `key-${n}`,
      value: Buffer.from("x"),
      headers: Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)] as const),
    });
  }
}

/** `budget`: no more than so many records, so that somebody can stop it half way. */
function start(
  seen: string[],
  {
    instance = "a",
    budget = { left: Infinity },
    failures = 0,
    holdsBack,
  }: { instance?: string; budget?: { left: number }; failures?: number; holdsBack?: string } = {},
): Poller {
  let failing = failures;
  const handler: ReplayHandler = {
    handle: async (records: readonly KafkaRecord[], { signal, count }) => {
      if (failing > 0 && records.length > 0) {
        failing -= 1;
        throw Object.assign(new Error("away"), { name: "LedgerUnavailableError" });
      }
      for (const [index, record] of records.entries()) {
        const held = record.headers.some(([name, value]) => name === HEADER.tenant && value.toString() === holdsBack);
        if (budget.left <= 0 || held) await sleep(60_000, undefined, { signal }).catch(() => {});
        if (signal.aborted) return index;
        budget.left -= 1;
        seen.push(record.headers.find(([name]) => name === HEADER.eventId)?.[1].toString() ?? "");
        count(index, "unchanged");
      }
      return records.length;
    },
  };
  const deps: ReplayDeps = {
    kafka,
    ledger,
    log: SILENT,
    service: "crm-sink",
    instance,
    failpoint: () => {},
    handlerFor: () => handler,
    reportMs: 10,
    graceMs: 0,
  };
  const poller = runReplays(deps, ["shared"]);
  running.push(poller);
  return poller;
}

async function ended(id: string) {
  return vi.waitFor(
    async () => {
      const job = await ledger.jobs.get(id);
      expect(["done", "cancelled", "failed"]).toContain(job?.state);
      return job;
    },
    { timeout: 20_000, interval: 20 },
  );
}

async function groupIsGone(id: string): Promise<boolean> {
  const admin = await kafka.admin();
  return (await admin.committedOffsets(replayGroup("crm-sink", id), TOPIC)).size === 0;
}
