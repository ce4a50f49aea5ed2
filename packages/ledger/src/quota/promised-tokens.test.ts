import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, waits } from "../../testing/samples.ts";

let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
}, 60_000);
afterAll(async () => ledger.close());

it("a tenant whose tokens are promised already gets nothing, and no other tenant's take fails of it", async () => {
  for (const tenant of ["promised", "free"]) {
    await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), lane: "shared" });
    const end = waits(tenant, "evt_1", 2000, { value: Buffer.from("x"), delayMs: 0 });
    await ledger.deliveries.finish(end.to.state === "waiting" ? { ...end, to: { ...end.to, lane: "shared" } } : end);
  }
  const draw = { tenant: "promised", crm: "hubspot", perSecond: 0.01, burst: 5, maxWaitMs: 3_600_000 };
  for (let i = 0; i < 3; i += 1) await ledger.quota.draw({ ...draw, need: 5, want: 5 });
  const take = { stage: "deliver", lanes: ["shared"], owner: "i", leaseMs: 60_000, perTenant: 9, limit: 9 } as const;
  expect((await ledger.waiting.take(take)).map(({ tenant }) => tenant)).toEqual(["free"]);
});
