import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { age } from "../../testing/age.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, outage, waits } from "../../testing/samples.ts";

let database: Database;
let ledger: Ledger;
let tenants = 0;
let tenant = "";
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
});
afterAll(async () => ledger.close());

const CRM = "hubspot";
const record = async (...outages: ReturnType<typeof outage>[]) => {
  for (const each of outages) await ledger.circuits.recordOutage(tenant, CRM, each, () => 2_000);
  return ledger.circuits.read(tenant, CRM);
};
const probes = async (crm = CRM) => ledger.circuits.takeProbes([{ tenant, crm }]);
const fresh = (): void => {
  tenant = `t-${(tenants += 1)}`;
};

describe("L7: what opens a circuit", () => {
  it.each([
    ["three emails", [outage("evt_1"), outage("evt_2"), outage("evt_3")], true],
    ["one email, thrice", [outage("evt_1"), outage("evt_1"), outage("evt_1")], false],
    ["two emails, ten times", Array.from({ length: 10 }, (_, n) => outage(`evt_${n % 2}`)), false],
    ["one email and two pings", [outage(null), outage("evt_1"), outage(null), outage("evt_1")], true],
    ["two emails and a ping", [outage(null), outage("evt_1"), outage("evt_2")], true],
    ["one answer that asks to be left alone for a while", [outage("evt_1", { retryAfterMs: 120_000 })], true],
    ["one answer that asks for a moment", [outage("evt_1", { retryAfterMs: 1_000 })], false],
  ] as const)("%s", async (_, outages, open) => {
    fresh();
    expect((await record(...outages)).open).toBe(open);
  });

  it("a success in between starts the count again", async () => {
    fresh();
    await record(outage("evt_1"), outage("evt_2"));
    await ledger.circuits.recordSuccess(tenant, CRM);
    expect((await record(outage("evt_3"), outage("evt_4"))).open).toBe(false);
  });
});

describe("L5: the probe", () => {
  it("does not come before the CRM asked for it, no matter who heard that, and whatever else fails meanwhile", async () => {
    fresh();
    await record(outage("evt_1"), outage("evt_2"), outage("evt_3"), outage("evt_4", { retryAfterMs: 120_000 }));
    const { probeInMs } = await record(outage("evt_5"), outage("evt_6"));
    expect(probeInMs).toBeGreaterThan(110_000);
    await age(database, 60_000);
    expect(await probes()).toEqual([]);
    await age(database, 60_001);
    expect(await probes()).toEqual([{ tenant, crm: CRM }]);
    // No one else gets it meanwhile.
    expect(await probes()).toEqual([]);
    // Its instance died: another one gets it.
    await age(database, 30_001);
    expect(await probes()).toEqual([{ tenant, crm: CRM }]);
  });

  it("that fails puts off the next one; one that is answered closes the circuit, and a call that was under way does not", async () => {
    fresh();
    await record(outage("evt_1"), outage("evt_2"), outage("evt_3"));
    await age(database, 2_001);
    expect(await probes()).toHaveLength(1);
    expect((await record(outage(null, { probe: true }))).probeInMs).toBeGreaterThan(1_000);
    expect(await ledger.circuits.recordSuccess(tenant, CRM)).toBe(false);
    expect((await ledger.circuits.read(tenant, CRM)).open).toBe(true);
    expect(await ledger.circuits.recordSuccess(tenant, CRM, true)).toBe(true);
    expect((await ledger.circuits.read(tenant, CRM)).open).toBe(false);
  });

  it("is made at once where the tenant's file has changed", async () => {
    fresh();
    await record(outage("evt_1", { retryAfterMs: 600_000 }));
    await ledger.circuits.probeSoon(tenant, CRM);
    expect(await probes()).toHaveLength(1);
  });

  it("L15: a tenant that has moved to another CRM keeps no circuit of the old one, and its mail is due", async () => {
    fresh();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(waits(tenant, "evt_1", 2000, { value: Buffer.from("x"), delayMs: 600_000 }));
    await record(outage("evt_1", { retryAfterMs: 600_000 }));
    expect(await probes("odoo")).toEqual([]);
    expect((await ledger.circuits.read(tenant, CRM)).open).toBe(false);
    const take = { owner: "i", leaseMs: 1_000, perTenant: 9, limit: 9 };
    expect(await ledger.waiting.take({ stage: "deliver", lanes: [`lane-${tenant}`], ...take })).toMatchObject([
      { eventId: "evt_1" },
    ]);
  });
});

describe("L7: a call that fails although the CRM answers", () => {
  const fails = async (eventId: string, operation = "deal") =>
    ledger.circuits.recordFailedCall({ tenant, crm: CRM, operation, eventId, code: "http:403" });

  it("is told apart: the first time, again, and again though somebody got through since", async () => {
    fresh();
    expect(await fails("evt_1")).toMatchObject({ again: false, othersGotThrough: false, othersFailed: 0 });
    expect(await fails("evt_1")).toMatchObject({ again: true, othersGotThrough: false, othersFailed: 0 });
    expect((await ledger.circuits.read(tenant, CRM)).failing).toEqual(["deal"]);
    await ledger.circuits.recordGotThrough(tenant, CRM, "deal");
    expect((await ledger.circuits.read(tenant, CRM)).failing).toEqual([]);
    expect(await fails("evt_1")).toMatchObject({ again: true, othersGotThrough: true });
    expect(await fails("evt_1")).toMatchObject({ again: true, othersGotThrough: false });
  });

  it("counts the others that fail at the operation since somebody got through, those of an hour ago no more", async () => {
    fresh();
    for (const event of ["evt_1", "evt_2", "evt_3"]) await fails(event);
    expect(await fails("evt_4", "file")).toMatchObject({ othersFailed: 0 });
    expect(await fails("evt_1")).toMatchObject({ again: true, othersFailed: 2 });
    await ledger.circuits.recordGotThrough(tenant, CRM, "deal");
    expect(await fails("evt_2")).toMatchObject({ othersFailed: 0 });
    for (const event of ["evt_1", "evt_3"]) await fails(event);
    await age(database, 3_600_001);
    expect(await fails("evt_2")).toMatchObject({ again: true, othersFailed: 0 });
  });

  it("makes the mail that waits for it due as soon as somebody gets through; what waits for an attempt keeps its time", async () => {
    fresh();
    for (const event of ["evt_1", "evt_2"]) {
      await ledger.deliveries.admit(candidate(tenant, event, 2000));
      const end = waits(tenant, event, 2000, { value: Buffer.from("x"), delayMs: 120_000, conversationId: event });
      await ledger.deliveries.finish(
        event === "evt_1" ? end : { ...end, to: { ...end.to, kind: "retry" } as typeof end.to },
      );
      await fails(event);
    }
    await ledger.circuits.recordGotThrough(tenant, CRM, "deal");
    const take = { owner: "i", leaseMs: 1_000, perTenant: 9, limit: 9 };
    const taken = await ledger.waiting.take({ stage: "deliver", lanes: [`lane-${tenant}`], ...take });
    expect(taken.map(({ eventId }) => eventId)).toEqual(["evt_1"]);
  });

  it("is forgotten after a day", async () => {
    fresh();
    await fails("evt_1");
    await age(database, 86_400_001);
    await ledger.circuits.forgetFailedCalls();
    expect(await fails("evt_1")).toMatchObject({ again: false });
  });
});

describe("L5: a bucket", () => {
  it("that is paused gives nothing until then, and no burst after it", async () => {
    fresh();
    const draw = { tenant, crm: CRM, perSecond: 10, burst: 200, need: 1, want: 1, maxWaitMs: 0 };
    await ledger.quota.draw(draw);
    await ledger.quota.pause(tenant, CRM, 120_000);
    await ledger.quota.pause(tenant, CRM, 1_000);
    const { granted, waitMs } = await ledger.quota.draw(draw);
    expect(granted).toBe(0);
    expect(waitMs).toBeGreaterThan(110_000);
    await age(database, 121_000);
    // Ten of the second that has passed since, and those of the test's own time.
    expect((await ledger.quota.draw({ ...draw, want: 200 })).granted).toBeLessThan(150);
  });
});
