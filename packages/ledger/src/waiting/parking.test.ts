import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { DAY_MS, newLane, record, buildAttempt } from "../../testing/parked.ts";

/** What a lane of these tests may hold: a hundred records of ten bytes. */
const MOST = 1_000;

let ledger: Ledger;

beforeAll(async () => {
  ledger = ledgerOn(await openMemoryDatabase(), { parkedMaxBytes: MOST });
});

afterAll(async () => ledger.close());

/** L12 */
describe("parking by reference", () => {
  it("a tenant alone keeps half of a lane's bytes, what comes beyond is coordinates; another tenant still keeps its own", async () => {
    const lane = newLane();
    const [flood, quiet] = [`flood-${lane}`, `quiet-${lane}`];
    for (let i = 0; i < 80; i += 1) await park({ lane, tenant: flood, offset: i });
    for (let i = 0; i < 10; i += 1) await park({ lane, tenant: quiet, offset: 1_000 + i });
    expect(await parked(lane)).toEqual({ [flood]: 500, [quiet]: 100 });
    const taken = await take(lane, flood);
    expect(taken.filter(({ record }) => record.value !== null)).toHaveLength(50);
    expect(taken.filter(({ record }) => record.value === null).map(({ record }) => record)).toEqual(
      Array.from({ length: 30 }, (_, i) => reference(50 + i)),
    );
  });

  it.each(["retry", "parked", "held"] as const)("every kind of waiting asks the same bound: %s", async (kind) => {
    const lane = newLane();
    await park({ lane, tenant: lane, offset: 0, bytes: 500 });
    await park({ lane, tenant: lane, offset: 1, kind });
    expect(await parked(lane)).toEqual({ [lane]: 500 });
  });

  it.each(["parse", "deliver"] as const)("so does every stage: %s", async (stage) => {
    const lane = newLane();
    await park({ lane, tenant: lane, offset: 0, bytes: 500 });
    await park({ lane, tenant: lane, offset: 1, stage });
    expect(await parked(lane)).toEqual({ [lane]: 500 });
  });

  it("many that park in one statement, and in several at once, keep to it", async () => {
    const lane = newLane();
    await Promise.all(Array.from({ length: 300 }, async (_, i) => park({ lane, tenant: lane, offset: i })));
    const [bytes] = Object.values(await parked(lane));
    expect(bytes).toBeGreaterThan(300);
    expect(bytes).toBeLessThanOrEqual(500);
  });

  it("one lane's backlog takes nothing from another lane", async () => {
    const [full, other] = [newLane(), newLane()];
    for (let i = 0; i < 60; i += 1) await park({ lane: full, tenant: full, offset: i });
    await park({ lane: other, tenant: full, offset: 100 });
    expect(await parked(other)).toEqual({ [full]: 10 });
  });

  it("what ended gives its room back, also after the changes were summed up", async () => {
    const lane = newLane();
    for (let i = 0; i < 60; i += 1) await park({ lane, tenant: lane, offset: i });
    await ledger.waiting.sumParkedBytes();
    for (let i = 0; i < 60; i += 1) await end(lane, i);
    expect(await parked(lane)).toEqual({});
    await Promise.all([ledger.waiting.sumParkedBytes(), ledger.waiting.sumParkedBytes()]);
    await park({ lane, tenant: lane, offset: 100 });
    expect(await parked(lane)).toEqual({ [lane]: 10 });
  });

  it("bytes that stand in the row stay there, however full the lane has become, since Kafka may have lost them", async () => {
    const lane = newLane();
    await park({ lane, tenant: lane, offset: 0 });
    await park({ lane, tenant: lane, offset: 1, bytes: 490 });
    await park({ lane, tenant: lane, offset: 0 });
    const [first] = await take(lane, lane);
    expect(first?.record).toMatchObject({ offset: 0n, value: Buffer.alloc(10) });
  });

  it("a record that Kafka deletes before long is kept whatever the share, and one that waits as a reference is found for it", async () => {
    const lane = newLane();
    await park({ lane, tenant: lane, offset: 0, bytes: 500 });
    await park({ lane, tenant: lane, offset: 1, ageMs: 10 * DAY_MS });
    await park({ lane, tenant: lane, offset: 2, ageMs: 12 * DAY_MS });
    expect(await parked(lane)).toEqual({ [lane]: 510 });

    const ask = { stage: "deliver", lanes: [lane], after: null, limit: 10 } as const;
    expect(await ledger.waiting.agingReferences(ask, Date.now())).toEqual([]);
    const [aging] = await ledger.waiting.agingReferences(ask, Date.now() + 2 * DAY_MS);
    expect(aging).toMatchObject({
      tenant: lane,
      eventId: "evt_1",
      topic: "normalized-events",
      partition: 0,
      offset: 1n,
    });
    expect(
      await ledger.waiting.agingReferences({ ...ask, after: aging?.after ?? null }, Date.now() + 2 * DAY_MS),
    ).toEqual([]);
    const kept = { tenant: lane, eventId: "evt_1", record: record(1, 10) };
    await ledger.waiting.keepReferenced([kept, { ...kept, eventId: "evt_none" }]);
    expect(await parked(lane)).toEqual({ [lane]: 520 });
    const taken = await take(lane, lane);
    expect(taken.find(({ eventId }) => eventId === "evt_1")?.record).toMatchObject({
      value: Buffer.alloc(10),
      key: Buffer.from("k"),
      headers: [["h", Buffer.from("1")]],
    });
  });

  it("of an email it is told whether it waits as a reference (inlet show)", async () => {
    const lane = newLane();
    await park({ lane, tenant: lane, offset: 0, bytes: 500 });
    await park({ lane, tenant: lane, offset: 1 });
    expect(await ledger.waiting.view(lane, "evt_0")).toMatchObject({ byReference: false });
    expect(await ledger.waiting.view(lane, "evt_1")).toMatchObject({ byReference: true });
  });

  it("a newer record of an email that waits as a reference waits as one too", async () => {
    const lane = newLane();
    await park({ lane, tenant: lane, offset: 0, bytes: 500 });
    await park({ lane, tenant: lane, offset: 1 });
    await ledger.waiting.replace({ tenant: lane, eventId: "evt_1", parsedAt: 2_000, pass: 0 }, record(7, 10));
    expect(await parked(lane)).toEqual({ [lane]: 500 });
    expect((await take(lane, lane)).map(({ record: { offset, value } }) => [offset, value?.length ?? null])).toEqual([
      [0n, 500],
      [7n, null],
    ]);
  });
});

function reference(offset: number) {
  return expect.objectContaining({
    topic: "normalized-events",
    partition: 0,
    offset: BigInt(offset),
    key: null,
    value: null,
    headers: [],
  });
}

async function park(of: {
  lane: string;
  tenant: string;
  offset: number;
  bytes?: number;
  ageMs?: number;
  kind?: "retry" | "parked" | "held";
  stage?: "parse" | "deliver";
}): Promise<void> {
  const { lane, tenant, offset, bytes = 10, ageMs = 0, kind = "parked", stage = "deliver" } = of;
  const eventId = `evt_${offset}`;
  const row = {
    tenant,
    eventId,
    lane,
    source: "s",
    sourceKind: "raw-mime",
    sourceDeliveryId: null,
    sourceEventId: null,
  };
  const at = {
    topic: "normalized-events",
    partition: 0,
    offset: BigInt(offset),
    receivedAt: 1,
    traceId: null,
    pass: 0,
  };
  await ledger.deliveries.accept([{ ...row, ...at }], 1);
  if (stage === "deliver")
    await ledger.deliveries.admit({
      ...row,
      ...at,
      emailKey: "e",
      contentHash: "h",
      mappingVersion: "m",
      conversationId: eventId,
      messageId: null,
      parsedAt: 1_000,
      now: 1,
    });
  await ledger.deliveries.finish({
    ...buildAttempt(tenant, eventId),
    stage,
    parsedAt: stage === "parse" ? 0 : 1_000,
    to: {
      state: "waiting",
      kind,
      code: "c",
      delayMs: 0,
      lane,
      conversationId: eventId,
      record: record(offset, bytes, ageMs),
    },
  });
}

async function end(tenant: string, offset: number): Promise<void> {
  await ledger.deliveries.finish({
    ...buildAttempt(tenant, `evt_${offset}`),
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
      endedAt: 1,
      outbox: { topic: "outcomes", key: "k", value: Buffer.from("v"), headers: [] },
    },
  });
}

async function parked(lane: string): Promise<Record<string, number>> {
  return Object.fromEntries((await ledger.waiting.parkedBytes([lane])).map(({ tenant, bytes }) => [tenant, bytes]));
}

async function take(lane: string, tenant: string) {
  const taken = await ledger.waiting.take({
    stage: "deliver",
    lanes: [lane],
    owner: "o",
    leaseMs: 60_000,
    perTenant: 500,
    limit: 500,
  });
  return taken.filter((email) => email.tenant === tenant);
}
