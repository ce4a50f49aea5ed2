import { afterAll, beforeAll, expect, it } from "vitest";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, waits, written } from "../../testing/samples.ts";

// L16: a record that kills the sink kills every sink in turn, until somebody counts.
let ledger: Ledger;
beforeAll(async () => {
  ledger = ledgerOn(await openMemoryDatabase());
});
afterAll(async () => ledger.close());

it("L16: starts of a delivery are counted until it ends, also while it waits, and counted back where the process lived", async () => {
  const tenant = "t-starts";
  const begin = async () => {
    const admission = await ledger.deliveries.admit(candidate(tenant, "evt_1", 2_000));
    return admission.verdict === "deliver" ? admission.starts : admission.verdict;
  };
  expect([await begin(), await begin(), await begin()]).toEqual([1, 2, 3]);
  expect([
    await ledger.deliveries.startIsolatedDelivery(tenant, "evt_1"),
    await ledger.deliveries.startIsolatedDelivery(tenant, "evt_1"),
  ]).toEqual([1, 2]);
  await ledger.deliveries.forgetStarts(tenant, "evt_1");
  expect([await begin(), await ledger.deliveries.startIsolatedDelivery(tenant, "evt_1")]).toEqual([1, 1]);

  const wait = async () =>
    ledger.deliveries.finish(waits(tenant, "evt_1", 2_000, { value: Buffer.from("v"), delayMs: 0 }));
  const take = async () => {
    const of = { stage: "deliver", lanes: [`lane-${tenant}`], owner: "o", leaseMs: 0, perTenant: 9, limit: 9 } as const;
    return (await ledger.waiting.take(of)).map(({ starts }) => starts);
  };
  await wait();
  expect([await take(), await take()]).toEqual([[1], [2]]);
  await ledger.deliveries.forgetStarts(tenant, "evt_1");
  expect(await take()).toEqual([1]);
  await wait();
  expect(await take()).toEqual([1]);
  await ledger.deliveries.finish(written(tenant, "evt_1", 2_000));
  expect(await ledger.deliveries.startIsolatedDelivery(tenant, "evt_1")).toBe(1);
});
