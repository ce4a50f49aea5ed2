import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase, type Database } from "./database.ts";
import { ledgerOn, openLedger, type Ledger } from "./ledger.ts";
import { incoming, candidate, written } from "../testing/samples.ts";
import { CLAIM, TRANSACTIONS, type TransactionName } from "../testing/transactions.ts";

// L13: a process that is frozen in the middle of a transaction keeps what it has locked; the others go on all the same.
const connectionString = process.env["DATABASE_URL"] ?? "";
const SCRIPT = fileURLToPath(new URL("../testing/frozen-process.ts", import.meta.url));
let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  const migrating = openLedger({ connectionString });
  await migrating.migrate();
  await migrating.close();
  database = openDatabase({ connectionString });
  ledger = ledgerOn(database);
});
afterAll(async () => ledger.close());

it.each(Object.keys(TRANSACTIONS) as TransactionName[])(
  "frozen in %s: other tenants' mail goes on, and its own",
  async (name) => {
    const [tenant, other] = [`t-${randomUUID().slice(0, 12)}`, `t-${randomUUID().slice(0, 12)}`];
    for (const each of [tenant, other]) {
      await ledger.deliveries.admit(candidate(each, "evt_1", 2000));
      await ledger.effects.claim([{ ...CLAIM, tenant: each, owner: "one", leaseMs: 1, settleMs: 0 }]);
    }
    await database.query("insert into outbox (topic, key, value, headers) values ('outcomes', $1, $2, '[]')", [
      tenant,
      Buffer.from("1"),
    ]);
    const child = spawn(process.execPath, [SCRIPT, name, tenant, connectionString], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(child.stdout, "data");
      child.kill("SIGSTOP");
      const done: string[] = [];
      const through = (who: string) => async (): Promise<unknown> => done.push(who);
      await Promise.all(
        [tenant, other].map(async (each) => {
          await Promise.all([
            ledger.effects.claim([{ ...CLAIM, tenant: each, owner: "two", leaseMs: 1, settleMs: 0 }]),
            ledger.deliveries.admit(candidate(each, "evt_1", 2000)),
            ledger.deliveries.accept([incoming(each, "evt_2")], 1000),
          ]);
          await ledger.deliveries.finish(written(each, "evt_1", 2000)).then(through(each));
          const outage = { eventId: "evt_1", probe: false, code: "http:503", retryAfterMs: 0 };
          await ledger.circuits.recordOutage(each, "hubspot", outage, () => 1_000);
        }),
      );
      expect(done.toSorted()).toEqual([tenant, other].toSorted());
      expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("written");
      const published: string[] = [];
      while (!published.includes(tenant)) await ledger.outbox.publish(async ({ key }) => published.push(key));
    } finally {
      child.kill("SIGKILL");
    }
  },
);
