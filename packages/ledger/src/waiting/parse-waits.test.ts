import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import type { AttemptResult } from "../deliveries/finish.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { incoming, candidate, parsed, record, waits, written } from "../../testing/samples.ts";

let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
});
afterAll(async () => ledger.close());

const makeTenant = (): string => `t-${randomUUID().slice(0, 12)}`;
const state = async (tenant: string) => (await ledger.inspect.delivery(tenant, "evt_1"))?.state;

/** L17: the parser produces the normalized record of an email that waited in parsing, and the sink may read it at once. */
describe("an email that waited in parsing", () => {
  it("and whose record the sink reads before the parser has marked it is delivered and waits no more", async () => {
    const tenant = await waitingInParse();
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000))).toMatchObject({
      verdict: "deliver",
      pass: 0,
      attempt: 0,
    });
    expect(await waitingRows(tenant)).toEqual([]);
    await ledger.deliveries.markParsed([parsed(tenant, "evt_1")]);
    expect(await state(tenant)).toBe("delivering");
    await ledger.deliveries.finish(written(tenant, "evt_1", 2000));
    expect(await state(tenant)).toBe("written");
  });

  it("and is parked by the sink before the parser has marked it keeps the sink's waiting row", async () => {
    const tenant = await waitingInParse();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(waits(tenant, "evt_1", 2000, { value: Buffer.from("normalized"), delayMs: 0 }));
    await ledger.deliveries.markParsed([parsed(tenant, "evt_1")]);
    expect(await state(tenant)).toBe("waiting");
    expect(await waitingRows(tenant)).toEqual([{ stage: "deliver", value: "normalized" }]);
  });

  it("and is marked first is delivered with all its attempts", async () => {
    const tenant = await waitingInParse();
    await ledger.deliveries.markParsed([parsed(tenant, "evt_1")]);
    expect(await waitingRows(tenant)).toEqual([]);
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000))).toMatchObject({
      verdict: "deliver",
      pass: 0,
      attempt: 0,
    });
  });

  it("and is parsed again after a parser that died in between changes nothing of what the sink did", async () => {
    const tenant = await waitingInParse();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish({ ...parseWaits(tenant), attempt: 4 });
    expect(await state(tenant)).toBe("delivering");
    expect(await waitingRows(tenant)).toEqual([]);
  });

  it("is not ended by a record of an earlier pass, whose bytes never take the place of the raw ones", async () => {
    const tenant = makeTenant();
    await ledger.deliveries.accept([{ ...incoming(tenant, "evt_1"), pass: 1 }], 1000);
    await ledger.deliveries.finish({ ...parseWaits(tenant), pass: 1 });
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000))).toEqual({ verdict: "stale" });
    await ledger.waiting.replace({ tenant, eventId: "evt_1", parsedAt: 9000, pass: 9 }, record(Buffer.from("wrong")));
    expect(await waitingRows(tenant)).toEqual([{ stage: "parse", value: "raw" }]);
  });
});

/** L10: a partition that pauses is read again from its first undone record, with all that stands behind it. */
describe("a dead-lettered delivery, at the parser", () => {
  it("has ended for its own raw record, however often that is read, and for an older one", async () => {
    const tenant = await deadInParse();
    for (const offset of [5n, 5n, 3n])
      expect((await ledger.deliveries.accept([{ ...incoming(tenant, "evt_1"), offset }], 1000))[0]).toMatchObject({
        state: "dead_lettered",
        pass: 0,
      });
  });

  it.each([
    ["a replay from the dlq", { pass: 1, offset: 9n }],
    ["a replay from the dlq into a topic made anew", { pass: 1, offset: 0n }],
    ["a new post of its sender", { offset: 9n }],
    ["a new post, in a topic with other partitions", { partition: 3, offset: 1n }],
  ])("is opened again, as its next pass, by %s", async (_what, differs) => {
    const tenant = await deadInParse();
    expect((await ledger.deliveries.accept([{ ...incoming(tenant, "evt_1"), ...differs }], 1000))[0]).toMatchObject({
      state: "accepted",
      pass: 1,
    });
  });
});

it("a start that an infrastructure fault cut short, in a process that lives, is taken back", async () => {
  const tenant = makeTenant();
  for (let again = 0; again < 10; again += 1) {
    const [arrived] = await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000);
    expect(arrived?.starts).toBe(1);
    await ledger.deliveries.takeBackStarts([{ tenant, eventId: "evt_1" }]);
  }
});

async function waitingInParse(): Promise<string> {
  const tenant = makeTenant();
  await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000);
  await ledger.deliveries.finish({ ...parseWaits(tenant), attempt: 3 });
  return tenant;
}

async function deadInParse(): Promise<string> {
  const tenant = makeTenant();
  await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000);
  const { to } = written(tenant, "evt_1", 0);
  const dead = { ...to, state: "dead_lettered", reason: "unreadable_mime" } as AttemptResult["to"];
  await ledger.deliveries.finish({ ...written(tenant, "evt_1", 0), stage: "parse", to: dead });
  return tenant;
}

function parseWaits(tenant: string): AttemptResult {
  return { ...waits(tenant, "evt_1", 0, { value: Buffer.from("raw"), delayMs: 0 }), stage: "parse" };
}

async function waitingRows(tenant: string): Promise<{ stage: string; value: string }[]> {
  const rows = await database.query<{ stage: string; value: Buffer }>(
    "select stage, value from waiting where tenant = $1",
    [tenant],
  );
  return rows.map(({ stage, value }) => ({ stage, value: value.toString() }));
}
