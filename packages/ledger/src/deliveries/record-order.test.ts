import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import type { AttemptResult } from "./finish.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { incoming, candidate, parsed, record, waits, written } from "../../testing/samples.ts";

// L2: clocks of two parsers are minutes apart; what the one with the clock ahead parsed must not shut out what the other parses after it.
let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
}, 60_000);
afterAll(async () => ledger.close());

const NOW = 1_800_000_000_000;
const APART = 300_000;
const dead = (end: AttemptResult): AttemptResult => ({
  ...end,
  to: { ...end.to, state: "dead_lettered", reason: "crm_rejected" } as AttemptResult["to"],
});

describe.each([
  ["behind", NOW - APART],
  ["ahead", NOW + APART],
  ["the same", NOW],
])("L2: the second parser's clock is %s", (name, second) => {
  it("a dead letter is replayed: its record is delivered, also when it comes twice, and the old one is stale", async () => {
    const tenant = `a-${name.replace(" ", "-")}`;
    await ledger.deliveries.accept([incoming(tenant, "evt_1")], NOW);
    await ledger.deliveries.admit(candidate(tenant, "evt_1", NOW));
    await ledger.deliveries.finish(dead(written(tenant, "evt_1", NOW)));
    const replayed = { ...incoming(tenant, "evt_1"), pass: 1, offset: 9n };
    expect(await ledger.deliveries.accept([replayed], second)).toMatchObject([{ pass: 1, parsedAfter: 0 }]);
    const again = { ...candidate(tenant, "evt_1", second), pass: 1 };
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", NOW))).toEqual({ verdict: "stale" });
    expect(await ledger.deliveries.admit(again)).toMatchObject({ verdict: "deliver", pass: 1, attempt: 0 });
    expect(await ledger.deliveries.admit(again)).toMatchObject({ verdict: "deliver", pass: 1, attempt: 0 });
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", NOW))).toEqual({ verdict: "stale" });
    await ledger.deliveries.finish(written(tenant, "evt_1", second, 1));
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("written");
  });

  it("what waits is replaced by the record of a newer pass, never by one of an older", async () => {
    const tenant = `b-${name.replace(" ", "-")}`;
    await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", NOW), pass: 1 });
    await ledger.deliveries.finish({
      ...waits(tenant, "evt_1", NOW, { value: Buffer.from("1"), delayMs: 0 }),
      pass: 1,
    });
    expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", second), pass: 0 })).toEqual({
      verdict: "waiting",
      newer: false,
    });
    expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", second), pass: 2 })).toEqual({
      verdict: "waiting",
      newer: true,
    });
    const event = { tenant, eventId: "evt_1", parsedAt: second, pass: 2 };
    await ledger.waiting.replace(event, record(Buffer.from("2")));
    const take = {
      stage: "deliver",
      lanes: [`lane-${tenant}`],
      owner: "i",
      leaseMs: 1e5,
      perTenant: 9,
      limit: 9,
    } as const;
    const [taken] = await ledger.waiting.take(take);
    expect(taken).toMatchObject({ pass: 2, parsedAt: second });
    expect(taken?.record.value?.toString()).toBe("2");
    // A try of the older record that ends now changes nothing.
    await ledger.deliveries.finish({
      ...waits(tenant, "evt_1", NOW, { value: Buffer.from("1"), delayMs: 0 }),
      pass: 1,
    });
    await ledger.deliveries.finish(dead({ ...written(tenant, "evt_1", NOW), pass: 1 }));
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("waiting");
  });

  it("a written email that is parsed again is parsed later, so that what changed is delivered", async () => {
    const tenant = `c-${name.replace(" ", "-")}`;
    await ledger.deliveries.accept([incoming(tenant, "evt_1")], NOW);
    await ledger.deliveries.markParsed([{ ...parsed(tenant, "evt_1"), parsedAt: NOW }]);
    await ledger.deliveries.admit(candidate(tenant, "evt_1", NOW));
    await ledger.deliveries.finish(written(tenant, "evt_1", NOW));
    const [arrived] = await ledger.deliveries.accept([incoming(tenant, "evt_1")], second);
    const parsedAt = Math.max(second, (arrived?.parsedAfter ?? 0) + 1);
    expect(
      (await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", parsedAt), contentHash: "other" })).verdict,
    ).toBe("deliver");
  });
});

it("L3: whether a delivery stands still is Postgres' clock's to say, however far from it the sink's clock is", async () => {
  for (const now of [0, Date.now() - APART, Date.now() + APART, Date.now() + 400 * 86_400_000]) {
    const tenant = `d-${now}`;
    await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", NOW), now });
    expect(await ledger.deliveries.takeStalled([`lane-${tenant}`], 45_000)).toEqual([]);
    expect(await ledger.deliveries.takeStalled([`lane-${tenant}`], 0)).toMatchObject([{ eventId: "evt_1" }]);
  }
});
