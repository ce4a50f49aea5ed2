import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { age, DAY_MS } from "../../testing/age.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, outage, waits, written } from "../../testing/samples.ts";

// L1: milliseconds that are counted in 32 bits run over after 24.86 days.
let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
}, 60_000);
afterAll(async () => ledger.close());

const AGES = [1, 24, 25, 30, 400, 4_000];

describe.each(AGES)("L1: %i days later", (days) => {
  const tenant = `t-${days}`;
  const contact = { tenant, crm: "hubspot", effect: "contact", key: "a@example.com", eventId: "evt_1" };

  it("a contact that was written is found", async () => {
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.effects.claim([{ ...contact, owner: "one", leaseMs: 60_000, settleMs: 0 }]);
    const result = { state: "confirmed", recordId: "c-7", created: true, desired: {} } as const;
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 2000),
      effects: [{ ...contact, owner: "one", result }],
    });
    await age(database, days * DAY_MS);
    expect(await ledger.effects.claim([{ ...contact, owner: "two", leaseMs: 60_000, settleMs: 0 }])).toMatchObject([
      { state: "confirmed", recordId: "c-7" },
    ]);
  });

  it("a claim that no one ended is taken over", async () => {
    const key = "b@example.com";
    await ledger.effects.claim([{ ...contact, key, owner: "one", leaseMs: 60_000, settleMs: 0 }]);
    await age(database, days * DAY_MS);
    expect(await ledger.effects.claim([{ ...contact, key, owner: "two", leaseMs: 60_000, settleMs: 0 }])).toMatchObject(
      [{ state: "won", settle: true }],
    );
  });

  it("an email that waits is due, and one with its subject asks after it", async () => {
    await ledger.deliveries.admit({ ...candidate(tenant, "evt_2", 2000), emailKey: "eml_2" });
    const question = { tenant, crm: "hubspot", pass: 0, receivedAt: 1000, campaign: null };
    const subject = { key: `s-${tenant}`, withinMs: 1_000 * DAY_MS };
    await ledger.conversations.relatedDeals({
      ...question,
      subject,
      emailKey: "eml_2",
      eventId: "evt_2",
      conversationId: "cnv_2",
    });
    await ledger.deliveries.finish(
      waits(tenant, "evt_2", 2000, { value: Buffer.from("x"), delayMs: 60_000, conversationId: "cnv_2" }),
    );
    await age(database, days * DAY_MS);
    expect(
      await ledger.conversations.relatedDeals({
        ...question,
        subject,
        emailKey: "eml_3",
        eventId: "evt_3",
        conversationId: "cnv_3",
      }),
    ).toMatchObject({ undecidedForMs: 500 });
    const take = {
      stage: "deliver",
      lanes: [`lane-${tenant}`],
      owner: "i",
      leaseMs: 1,
      perTenant: 9,
      limit: 9,
    } as const;
    expect(await ledger.waiting.take(take)).toMatchObject([{ eventId: "evt_2" }]);
  });

  it("an open circuit is probed", async () => {
    for (let n = 0; n < 3; n += 1)
      await ledger.circuits.recordOutage(tenant, "hubspot", outage(`evt_${n}`), () => 60_000);
    await age(database, days * DAY_MS);
    expect(await ledger.circuits.read(tenant, "hubspot")).toMatchObject({ open: true, probeInMs: 0 });
    const probe = { tenant, crm: "hubspot" };
    expect(await ledger.circuits.takeProbes([probe])).toEqual([probe]);
  });
});

describe.each(AGES)("L1: %i days ahead", (days) => {
  const tenant = `u-${days}`;
  const ms = days * DAY_MS + 0.5;

  it("a lease and a settling time may be as long, and a fraction of a millisecond is none the worse", async () => {
    const contact = { tenant, crm: "hubspot", effect: "contact", key: "a@example.com", eventId: "evt_1" };
    await ledger.effects.claim([{ ...contact, owner: "one", leaseMs: ms, settleMs: ms }]);
    const [busy] = await ledger.effects.claim([{ ...contact, owner: "two", leaseMs: 1, settleMs: 0 }]);
    expect(busy?.state).toBe("busy");
    // Anyone who waits may hand it to a timer: Node fires one of more than 2^31 ms at once.
    expect(busy?.state === "busy" && busy.forMs).toBeLessThanOrEqual(2 ** 31 - 1);
  });

  it("an email may wait as long, and its circuit's probe", async () => {
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(waits(tenant, "evt_1", 2000, { value: Buffer.from("x"), delayMs: ms }));
    for (let n = 0; n < 3; n += 1) await ledger.circuits.recordOutage(tenant, "hubspot", outage(`evt_${n}`), () => ms);
    expect((await ledger.circuits.read(tenant, "hubspot")).open).toBe(true);
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("waiting");
  });
});
