import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "../database.ts";
import { openLedger, type Ledger } from "../ledger.ts";
import { age } from "../../testing/age.ts";
import { candidate, outage, waits } from "../../testing/samples.ts";

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

describe("waiting mail", () => {
  it("is taken once by one of several instances, and again when its lease ran out", async () => {
    const tenant = newTenant();
    await wait(tenant, "evt_1", { delayMs: 0 });
    const taken = await Promise.all([take(tenant), take(tenant), take(tenant)]);
    expect(taken.flat()).toHaveLength(1);
    expect(await take(tenant)).toEqual([]);
  });

  it("is not taken before it is due", async () => {
    const tenant = newTenant();
    await wait(tenant, "evt_1", { delayMs: 60_000 });
    expect(await take(tenant)).toEqual([]);
  });

  it("leaves a conversation head first", async () => {
    const tenant = newTenant();
    await wait(tenant, "evt_1", { delayMs: 60_000, conversationId: "cnv_1" });
    await wait(tenant, "evt_2", { delayMs: 0, conversationId: "cnv_1" });
    await wait(tenant, "evt_3", { delayMs: 0, conversationId: "cnv_2" });
    expect((await take(tenant)).map((each) => each.eventId)).toEqual(["evt_3"]);
    expect(
      await ledger.waiting.conversationWaits({ tenant, conversationId: "cnv_1", eventId: "evt_9", lane: "shared" }),
    ).toBe(true);
    expect(
      await ledger.waiting.conversationWaits({ tenant, conversationId: "cnv_9", eventId: "evt_9", lane: "shared" }),
    ).toBe(false);
  });

  it("of a tenant with an open circuit nothing goes, and all is due once a ping closed it", async () => {
    const tenant = newTenant();
    for (const eventId of ["evt_1", "evt_2", "evt_3"])
      await wait(tenant, eventId, { delayMs: eventId === "evt_3" ? 60_000 : 0 });
    for (const event of ["evt_1", "evt_2", "evt_3"])
      await ledger.circuits.recordOutage(tenant, "hubspot", outage(event), () => 30_000);
    expect(await take(tenant)).toEqual([]);
    await age(database, 30_000);
    expect(await take(tenant)).toEqual([]);
    const probe = { tenant, crm: "hubspot" };
    // Of two instances one gets it.
    expect(
      (await Promise.all([ledger.circuits.takeProbes([probe]), ledger.circuits.takeProbes([probe])])).flat(),
    ).toEqual([probe]);
    expect(await ledger.circuits.recordSuccess(tenant, "hubspot", true)).toBe(true);
    expect((await take(tenant)).map((each) => each.eventId).toSorted()).toEqual(["evt_1", "evt_2", "evt_3"]);
  });

  async function wait(
    tenant: string,
    eventId: string,
    options: { delayMs: number; conversationId?: string },
  ): Promise<void> {
    await ledger.deliveries.admit(candidate(tenant, eventId, 2000));
    await ledger.deliveries.finish(waits(tenant, eventId, 2000, { value: Buffer.from(eventId), ...options }));
  }
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
