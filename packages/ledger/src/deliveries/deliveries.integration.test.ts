import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "../database.ts";
import { openLedger, type Ledger } from "../ledger.ts";
import type { AttemptResult } from "./finish.ts";
import { incoming, candidate, parsed, record, waits, written } from "../../testing/samples.ts";

let ledger: Ledger;

/** Lets time pass: what is there becomes older. */
let database: Database;

/** Every test has a tenant of its own: one database, no clean-up. */
const newTenant = (): string => `t-${randomUUID().slice(0, 12)}`;

beforeAll(async () => {
  const connectionString = process.env["DATABASE_URL"] ?? "";
  ledger = openLedger({ connectionString });
  database = openDatabase({ connectionString });
  await ledger.migrate();
});

afterAll(async () => Promise.all([ledger.close(), database.close()]));

describe("a delivery's states", () => {
  it("goes accepted, parsed, delivering, written, and its outcome stands in the outbox", async () => {
    const tenant = newTenant();
    const [arrived] = await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000);
    expect(arrived).toMatchObject({ state: "accepted", starts: 1, pass: 0 });
    await ledger.deliveries.markParsed([parsed(tenant, "evt_1")]);
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("parsed");
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000))).toMatchObject({
      verdict: "deliver",
      pass: 0,
      attempt: 0,
      starts: 1,
    });
    await ledger.deliveries.finish(written(tenant, "evt_1", 2000));
    expect(await ledger.inspect.delivery(tenant, "evt_1")).toMatchObject({
      state: "written",
      contentHash: "hash",
      endedAt: 3000,
    });
    const published: string[] = [];
    while ((await ledger.outbox.publish(async (record) => published.push(record.key))) > 0);
    expect(published).toContain(`${tenant}/evt_1`);
    expect(await ledger.inspect.journey(tenant, "evt_1")).toMatchObject([{ what: "written", service: "crm-sink" }]);
  });

  it("counts starts of what never ends, once for twins in a batch", async () => {
    const tenant = newTenant();
    for (const expected of [1, 2, 3]) {
      const [one, twin] = await ledger.deliveries.accept([incoming(tenant, "evt_1"), incoming(tenant, "evt_1")], 1000);
      expect([one?.starts, twin?.starts]).toEqual([expected, expected]);
    }
    await ledger.deliveries.markParsed([parsed(tenant, "evt_1")]);
    expect((await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000))[0]?.starts).toBe(1);
  });

  it.each([
    ["the same record again, written before", 2000, "hash", "m1", "already_ended"],
    ["a newer parse with the same content", 9000, "hash", "m1", "already_ended"],
    ["a newer parse with other content", 9000, "other", "m1", "deliver"],
    ["the same content under another mapping", 2000, "hash", "m2", "deliver"],
    ["an older parse with other content", 1000, "other", "m1", "stale"],
  ])("meeting written: %s", async (_what, parsedAt, contentHash, mappingVersion, verdict) => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(written(tenant, "evt_1", 2000));
    expect(
      (await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", parsedAt), contentHash, mappingVersion })).verdict,
    ).toBe(verdict);
  });

  it("meeting waiting: newer bytes take the place of the older, the same or older are passed over", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(waits(tenant, "evt_1", 2000, { value: Buffer.from("old"), delayMs: 0 }));
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 1000))).toEqual({
      verdict: "waiting",
      newer: false,
    });
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000))).toEqual({
      verdict: "waiting",
      newer: false,
    });
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 3000))).toEqual({
      verdict: "waiting",
      newer: true,
    });
    await ledger.waiting.replace({ tenant, eventId: "evt_1", parsedAt: 3000, pass: 0 }, record(Buffer.from("new")));
    const [taken] = await take(tenant);
    expect(taken).toMatchObject({ eventId: "evt_1", parsedAt: 3000 });
    expect(taken?.record.value?.toString()).toBe("new");
  });

  it("meeting dead_lettered: a record of the next pass opens it, its own record read again has ended (L10)", async () => {
    const tenant = newTenant();
    await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000);
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 0),
      stage: "parse",
      to: {
        ...written(tenant, "evt_1", 0).to,
        state: "dead_lettered",
        reason: "unreadable_mime",
      } as AttemptResult["to"],
    });
    expect((await ledger.inspect.deadLetters({ tenant, limit: 10 }))[0]).toMatchObject({
      eventId: "evt_1",
      reason: "unreadable_mime",
    });
    const replayed = { ...incoming(tenant, "evt_1"), pass: 1, offset: 9n };
    expect((await ledger.deliveries.accept([replayed], 1000))[0]).toMatchObject({ state: "accepted", pass: 1 });
    await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 1 });
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 2000, 1),
      to: { ...written(tenant, "evt_1", 0).to, state: "dead_lettered", reason: "crm_rejected" } as AttemptResult["to"],
    });
    // As often as its partition pauses; so has a twin, which the parser produced a second time.
    for (const offset of [5n, 9n])
      expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 1, offset })).toEqual({
        verdict: "already_ended",
      });
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("dead_lettered");
    expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 2 })).toMatchObject({
      verdict: "deliver",
      pass: 2,
      attempt: 0,
      starts: 1,
    });
  });

  it("a record that opened the next pass and is delivered again after a crash is not stale", async () => {
    const tenant = newTenant();
    const dead = {
      ...written(tenant, "evt_1", 2000).to,
      state: "dead_lettered",
      reason: "crm_rejected",
    } as AttemptResult["to"];
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish({ ...written(tenant, "evt_1", 2000), to: dead });
    const opened = { verdict: "deliver", pass: 1, attempt: 0, starts: 1 };
    expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 1 })).toMatchObject(opened);
    expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 1 })).toMatchObject({
      ...opened,
      starts: 2,
    });
  });

  it("a parse that fails on a replay does not touch what is written", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(written(tenant, "evt_1", 2000));
    await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000);
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 0),
      stage: "parse",
      to: { ...written(tenant, "evt_1", 0).to, state: "dead_lettered", reason: "blob_missing" } as AttemptResult["to"],
    });
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("written");
  });

  it("a waiting row of the slower twin never hides the faster one's write", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(written(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(waits(tenant, "evt_1", 2000, { value: Buffer.from("x"), delayMs: 0 }));
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("written");
    expect(await take(tenant)).toEqual([]);
  });

  it("what a sink took and no one works on any more is given out again, once, and its record counts again", async () => {
    const tenant = newTenant();
    const lanes = [`lane-${tenant}`];
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    expect(await ledger.deliveries.takeStalled(lanes, 60_000)).toEqual([]);
    expect(await ledger.deliveries.takeStalled(lanes, 0)).toEqual([
      { tenant, eventId: "evt_1", at: { topic: "raw", partition: 0, offset: 5 } },
    ]);
    expect(await ledger.deliveries.takeStalled(lanes, 60_000)).toEqual([]);
    expect((await ledger.deliveries.admit(candidate(tenant, "evt_1", 1000))).verdict).toBe("deliver");
  });

  it("keeps mail that Postgres would refuse: NUL, lone surrogates", async () => {
    const tenant = newTenant();
    await ledger.deliveries.accept([{ ...incoming(tenant, "evt_1"), sourceEventId: "a\0b\uD800" }], 1000);
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.source.eventId).toBe("ab\uFFFD");
  });
});

async function take(tenant: string) {
  const all = await ledger.waiting.take({
    stage: "deliver",
    lanes: [`lane-${tenant}`],
    owner: "i",
    leaseMs: 60_000,
    perTenant: 10,
    limit: 100,
  });
  return all.filter((each) => each.tenant === tenant);
}
