import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, waits, written } from "../../testing/samples.ts";

// A take reads no row that stands behind another of its conversation, however many there are; none of them may be forgotten there.
let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
});
afterAll(async () => ledger.close());

const byName = (left: string, right: string): number => (left < right ? -1 : 1);

async function park(tenant: string, eventId: string, conversationId: string, delayMs = 0): Promise<void> {
  await ledger.deliveries.admit(candidate(tenant, eventId, 2000));
  await ledger.deliveries.finish(
    waits(tenant, eventId, 2000, { value: Buffer.from(eventId), delayMs, conversationId }),
  );
}

async function marked(tenant: string): Promise<string[]> {
  const rows = await database.query<{ event_id: string }>(
    "select event_id from waiting where tenant = $1 and not behind",
    [tenant],
  );
  return rows.map((row) => row.event_id).toSorted(byName);
}

async function take(tenant: string): Promise<string[]> {
  const options = { lanes: [`lane-${tenant}`], owner: "me", leaseMs: 60_000, perTenant: 10, limit: 10 };
  const taken = await ledger.waiting.take({ stage: "deliver", ...options });
  return taken.map(({ eventId }) => eventId).toSorted(byName);
}

const NEVER_MS = 3_600_000;
const ANA = { actor: "ana" };

it.each<[what: string, act: (tenant: string) => Promise<unknown>, first: string[], taken: string[]]>([
  ["nothing happens: only what is first is read", async () => {}, ["a1", "b1"], ["b1"]],
  [
    "the first one is written: the next one's turn",
    async (tenant) => ledger.deliveries.finish(written(tenant, "a1", 2000)),
    ["a2", "b1"],
    ["a2", "b1"],
  ],
  [
    "the first one waits anew: the others stand behind it as before",
    async (tenant) => park(tenant, "a1", "cnv_a", NEVER_MS),
    ["a1", "b1"],
    ["b1"],
  ],
  [
    "one in the middle ends: no one else's turn",
    async (tenant) => ledger.deliveries.finish(written(tenant, "a2", 2000)),
    ["a1", "b1"],
    ["b1"],
  ],
  [
    "the first two end together",
    async (tenant) =>
      Promise.all(["a1", "a2"].map(async (event) => ledger.deliveries.finish(written(tenant, event, 2000)))),
    ["a3", "b1"],
    ["a3", "b1"],
  ],
  [
    "somebody deletes the row of the first one",
    async (tenant) => database.query("delete from waiting where tenant = $1 and event_id = 'a1'", [tenant]),
    ["a2", "b1"],
    ["a2", "b1"],
  ],
  [
    "two conversations become one: what is later is asked for no longer, once the first ended it is its turn",
    async (tenant) => {
      await database.query("update waiting set conversation_id = 'cnv_a' where tenant = $1", [tenant]);
      await ledger.deliveries.finish(written(tenant, "a1", 2000));
    },
    ["a2", "b1"],
    ["a2"],
  ],
  [
    "the mark of one that came while the first one went is found later",
    async (tenant) => {
      await ledger.deliveries.finish(written(tenant, "a1", 2000));
      await database.query("update waiting set behind = true where tenant = $1", [tenant]);
      let after = await ledger.waiting.releaseHeads(null, 1);
      while (after !== null) after = await ledger.waiting.releaseHeads(after, 1);
    },
    ["a2", "b1"],
    ["a2", "b1"],
  ],
  [
    "a hold over all of them begins and ends",
    async (tenant) => {
      await ledger.circuits.hold(tenant, { why: null, ...ANA });
      await ledger.circuits.endHold(tenant, "ana");
    },
    ["a1", "b1"],
    ["b1"],
  ],
])("%s", async (what, act, first, taken) => {
  const tenant = `t-${what.length}`;
  await park(tenant, "a1", "cnv_a", NEVER_MS);
  for (const event of ["a2", "a3"]) await park(tenant, event, "cnv_a");
  await park(tenant, "b1", "cnv_b");
  await act(tenant);
  expect(await marked(tenant)).toEqual(first);
  expect(await take(tenant)).toEqual(taken);
});
