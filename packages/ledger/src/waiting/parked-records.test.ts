import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepAgingReferences, readWaitingRecords } from "./keep-references.ts";
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

describe("what waits by reference", () => {
  it("is read from Kafka when it is due, together; what stands in the ledger does not wait for it", async () => {
    const lane = newLane();
    await park({ lane, tenant: lane, offset: 0, bytes: 500 });
    for (const offset of [1, 2, 3]) await park({ lane, tenant: lane, offset });
    const taken = await take(lane, lane);
    const asked: bigint[][] = [];
    const readRecord = readWaitingRecords(
      {
        read: async (at) => {
          asked.push(at.map(({ offset }) => offset));
          return Promise.resolve(at.map(({ offset }) => (offset === 2n ? null : record(Number(offset), 10))));
        },
      },
      taken,
    );
    const records = await Promise.all(taken.map(readRecord));
    expect(records.map((each) => each?.value?.length ?? null)).toEqual([500, 10, null, 10]);
    expect(asked).toEqual([[1n, 2n, 3n]]);

    const away = readWaitingRecords({ read: async () => Promise.reject(new Error("away")) }, taken);
    await expect(away(taken[0] as (typeof taken)[number])).resolves.toMatchObject({ offset: 0n });
    await expect(away(taken[1] as (typeof taken)[number])).rejects.toThrow("away");
  });

  it("moves into the ledger page by page when Kafka is about to delete it, and what Kafka has lost is told", async () => {
    const lane = newLane();
    await park({ lane, tenant: lane, offset: 999, bytes: 500 });
    for (let offset = 0; offset < 150; offset += 1) await park({ lane, tenant: lane, offset });
    const gone: bigint[] = [];
    const moved = await keepAgingReferences(
      ledger,
      {
        read: async (at) =>
          Promise.resolve(at.map(({ offset }) => (offset < 100n ? null : record(Number(offset), 10)))),
      },
      {
        stage: "deliver",
        lanes: [lane],
        now: () => Date.now() + 12 * DAY_MS,
        onGone: ({ offset }) => gone.push(offset),
      },
    );
    expect(moved).toBe(50);
    expect(gone).toEqual(Array.from({ length: 100 }, (_, i) => BigInt(i)));
    expect(await parked(lane)).toEqual({ [lane]: 1_000 });
  });
});

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
