import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { pageQuery, type DeliveryFilter } from "./list-deliveries.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { incoming, parsed } from "../../testing/samples.ts";

/** N10: `inlet list`. */
let database: Database;
let ledger: Ledger;
const MANY = 20_000;

beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  // Every seventh is of acme, every hundredth of a rare domain; five at a time came in the same millisecond.
  await database.query(`insert into deliveries (tenant, event_id, lane, state, source, source_kind, received_at, sender_domain)
    select case when n % 7 = 0 then 'acme' else 'demo' end, 'evt_' || lpad(n::text, 32, '0'), 'shared',
           case when n % 1000 = 0 then 'dead_lettered' else 'written' end, 'web', 'signed-json', 1000000 + n / 5,
           case when n % 100 = 0 then 'rare.example' else 'often.example' end
      from generate_series(1, ${MANY}) n`);
  await database.query("vacuum analyze deliveries");
}, 60_000);
afterAll(async () => ledger.close());

describe("inlet list", () => {
  it.each<[string, Partial<DeliveryFilter>, number]>([
    ["all", {}, MANY],
    ["of a tenant", { tenant: "acme" }, 2_857],
    ["in a state", { state: "dead_lettered" }, 20],
    ["in flight", { state: "in_flight" }, 0],
    ["of a domain", { domain: "rare.example" }, 200],
    ["since", { since: 1_000_000 + MANY / 5 - 10 }, 51],
    ["everything at once", { tenant: "acme", state: "dead_lettered", domain: "rare.example", since: 0 }, 2],
    ["no one's", { tenant: "nobody" }, 0],
  ])(
    "%s: every page after the other has each once, the newest first, and the way back the same",
    async (_, filter, count) => {
      const limit = 777;
      const seen: string[] = [];
      let pages = 0;
      let from: DeliveryFilter["from"];
      let before: string[] = [];
      for (;;) {
        const page = await ledger.inspect.list({ ...filter, limit, from });
        const [first, last] = [page[0], page.at(-1)];
        if (first === undefined || last === undefined) break;
        if (pages > 0) {
          const back = await ledger.inspect.list({ ...filter, limit, from: { place: first, way: "before" } });
          expect(back.map(({ eventId }) => eventId)).toEqual(before);
        }
        before = page.map(({ eventId }) => eventId);
        seen.push(...before);
        from = { place: last, way: "after" };
        pages += 1;
      }
      expect(seen).toHaveLength(count);
      // Ids run with the time here.
      expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
    },
  );

  it.each<[string, Partial<DeliveryFilter>, string]>([
    ["all", {}, "Index Only Scan.*deliveries_received"],
    ["of a tenant", { tenant: "acme" }, "Index Only Scan.*deliveries_received"],
    ["in a state that many are in", { state: "written" }, "Index Only Scan.*deliveries_received"],
    ["of a domain that is rare", { domain: "rare.example" }, "Index Only Scan.*deliveries_sender"],
    // Where few match there are better ways than the order of time.
    ["of a tenant that has none", { tenant: "nobody" }, "deliveries_pkey"],
    ["in a state that is rare", { state: "dead_lettered" }, "deliveries_open"],
  ])("%s: by an index, never through the table", async (_, filter, index) => {
    const place = { receivedAt: 1_000_000 + MANY / 10, eventId: "evt_0" };
    for (const from of [undefined, { place, way: "after" }, { place, way: "before" }] as const) {
      const { sql, values } = pageQuery({ ...filter, from, limit: 50 });
      const plan = JSON.stringify(await database.query(`explain (format json) ${sql}`, values));
      expect(plan).toMatch(new RegExp(index));
      expect(plan).not.toContain("Seq Scan");
    }
  });

  it("the parser says of what domain the sender is; what is known stays", async () => {
    await ledger.deliveries.accept([incoming("t-1", "evt_1"), incoming("t-1", "evt_2")], 1000);
    await ledger.deliveries.markParsed([parsed("t-1", "evt_1"), { ...parsed("t-1", "evt_2"), senderDomain: null }]);
    await ledger.deliveries.markParsed([{ ...parsed("t-1", "evt_1"), senderDomain: null }]);
    expect(await ledger.inspect.list({ tenant: "t-1", limit: 9 })).toMatchObject([
      { eventId: "evt_2", senderDomain: null, state: "parsed", receivedAt: 1000 },
      { eventId: "evt_1", senderDomain: "customers.example" },
    ]);
  });
});
