import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "../database.ts";
import { openLedger, type Ledger } from "../ledger.ts";
import type { EffectEnd } from "../deliveries/finish.ts";
import { age } from "../../testing/age.ts";
import { candidate, waits, written } from "../../testing/samples.ts";

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

describe("claims", () => {
  const key = { crm: "hubspot", effect: "contact", key: "a@example.com" } as const;

  it("of twenty at once exactly one wins", async () => {
    const tenant = newTenant();
    const results = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => ledger.effects.claim([buildClaim(tenant, `o${i}`)])),
    );
    expect(results.flat().filter((result) => result.state === "won")).toHaveLength(1);
    expect(results.flat().filter((result) => result.state === "busy")).toHaveLength(19);
  });

  it("a confirmed effect answers its record to every later claim", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.effects.claim([buildClaim(tenant, "one")]);
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 2000),
      effects: [{ ...key, owner: "one", result: confirmed("c-7") }],
    });
    expect(await ledger.effects.claim([buildClaim(tenant, "two")])).toMatchObject([
      { state: "confirmed", recordId: "c-7", desired: { name: "x" } },
    ]);
  });

  it("an expired lease is won with the order to settle, never before the settling time", async () => {
    const tenant = newTenant();
    await ledger.effects.claim([{ ...buildClaim(tenant, "dead"), leaseMs: 0, settleMs: 60_000 }]);
    expect(await ledger.effects.claim([buildClaim(tenant, "next")])).toMatchObject([{ state: "busy" }]);
    await age(database, 60_000);
    expect(await ledger.effects.claim([buildClaim(tenant, "next")])).toMatchObject([{ state: "won", settle: true }]);
    expect(await ledger.effects.claim([buildClaim(tenant, "third")])).toMatchObject([{ state: "busy" }]);
  });

  it("giving back a claim frees it, but an open question stays open", async () => {
    const tenant = newTenant();
    await ledger.effects.claim([buildClaim(tenant, "one")]);
    await ledger.effects.release([{ ...buildClaim(tenant, "one"), settle: false }]);
    expect(await ledger.effects.claim([buildClaim(tenant, "two")])).toMatchObject([{ state: "won", settle: false }]);
    await ledger.effects.release([{ ...buildClaim(tenant, "two"), settle: true }]);
    expect(await ledger.effects.claim([buildClaim(tenant, "three")])).toMatchObject([{ state: "won", settle: true }]);
  });

  it("an unknown result keeps its settling time through the try's end", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.effects.claim([{ ...buildClaim(tenant, "one"), leaseMs: 20_000, settleMs: 30_000 }]);
    await ledger.deliveries.finish({
      ...waits(tenant, "evt_1", 2000, { value: Buffer.from("x"), delayMs: 50_000 }),
      effects: [{ ...key, owner: "one", result: { state: "unknown" } }],
    });
    expect((await ledger.effects.claim([buildClaim(tenant, "two")]))[0]?.state).toBe("busy");
    await age(database, 50_000);
    expect(await ledger.effects.claim([buildClaim(tenant, "two")])).toMatchObject([{ state: "won", settle: true }]);
  });

  function buildClaim(tenant: string, owner: string) {
    return { ...key, tenant, owner, eventId: "evt_1", leaseMs: 60_000, settleMs: 0 };
  }
  function confirmed(recordId: string): EffectEnd["result"] {
    return { state: "confirmed", recordId, created: true, desired: { name: "x" } };
  }
});
