import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../database.ts";
import type { AttemptResult } from "./finish.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, written } from "../../testing/samples.ts";

let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
}, 60_000);
afterAll(async () => ledger.close());

it("L21: a try that is overtaken by a newer record of its email still tells whom its rules tell, once", async () => {
  const tenant = "t-notices";
  const activity = { tenant, crm: "hubspot", effect: "activity", key: "eml_1", owner: "one", eventId: "evt_1" };
  await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
  await ledger.effects.claim([{ ...activity, leaseMs: 60_000, settleMs: 0 }]);
  expect((await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 3000), contentHash: "newer" })).verdict).toBe(
    "deliver",
  );
  const result = { state: "confirmed", recordId: "a-1", created: true, desired: {} } as const;
  const notifications = [{ key: "eml_1/vip", notice: "crm-team", body: "{}" }];
  const end = written(tenant, "evt_1", 2000);
  await ledger.deliveries.finish({
    ...end,
    effects: [{ ...activity, result }],
    to: { ...end.to, notifications } as AttemptResult["to"],
  });
  expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("delivering");
  await ledger.deliveries.finish(written(tenant, "evt_1", 3000));
  const taken = await ledger.outbox.takeNotifications({ leaseMs: 60_000, limit: 10, perReceiver: 9, except: [] });
  expect(taken).toMatchObject([{ tenant, key: "eml_1/vip", eventId: "evt_1" }]);
  expect(await ledger.outbox.takeNotifications({ leaseMs: 60_000, limit: 10, perReceiver: 9, except: [] })).toEqual([]);
});

it("L22: of two outcomes of one event the second is published only after the first", async () => {
  const tenant = "t-outcomes";
  const published: string[] = [];
  await database.query("delete from outbox");
  for (const [eventId, value] of [
    ["evt_1", "1"],
    ["evt_1", "2"],
    ["evt_2", "3"],
  ] as const)
    await database.query("insert into outbox (topic, key, value, headers) values ('outcomes', $1, $2, '[]')", [
      `${tenant}/${eventId}`,
      Buffer.from(value),
    ]);
  const publish = async (): Promise<number> =>
    ledger.outbox.publish(async (record) => published.push(record.value.toString()));
  expect([await publish(), await publish(), await publish()]).toEqual([2, 1, 0]);
  expect(published).toEqual(["1", "3", "2"]);
});
