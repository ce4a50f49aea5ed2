import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, waits } from "../../testing/samples.ts";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { estimateThroughMs } from "./estimate-through.ts";

let database: Database;
let ledger: Ledger;
beforeEach(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
}, 60_000);
afterEach(async () => ledger.close());

async function wait(tenant: string, eventId: string, kind: "retry" | "parked", bytes: number): Promise<void> {
  await ledger.deliveries.admit({ ...candidate(tenant, eventId, 2_000), lane: "shared" });
  const end = waits(tenant, eventId, 2_000, { value: Buffer.alloc(bytes), delayMs: 60_000 });
  if (end.to.state !== "waiting") throw new Error("a sample of what waits does not wait");
  await ledger.deliveries.finish({ ...end, to: { ...end.to, lane: "shared", kind } });
}

describe("a tenant's figures", () => {
  it("are what its rows say: what waits, what of it is parked, bytes, the oldest; a replay's bucket is no tenant", async () => {
    await wait("acme", "evt_1", "parked", 100);
    await wait("acme", "evt_2", "parked", 20);
    await wait("acme", "evt_3", "retry", 3);
    await wait("globex", "evt_1", "retry", 7);
    await database.query("update waiting set since = now() - interval '1 hour' where event_id = 'evt_2'");
    const draw = { perSecond: 10, burst: 100, need: 1, want: 1, maxWaitMs: 0 };
    await ledger.quota.draw({ tenant: "acme", crm: "hubspot", ...draw });
    await ledger.quota.draw({ tenant: "acme", crm: "hubspot:day", ...draw, need: 30, want: 30, perSecond: 0.001 });
    await ledger.quota.draw({ tenant: "replay:acme", crm: "hubspot", ...draw });

    const views = await ledger.inspect.tenants();
    const rows = await database.query(
      "select tenant, count(*) as waiting, count(*) filter (where kind = 'parked') as parked, sum(bytes)::bigint as \"parkedBytes\" from waiting group by 1 order by 1",
    );
    expect(views.map(({ tenant, waiting, parked, parkedBytes }) => ({ tenant, waiting, parked, parkedBytes }))).toEqual(
      rows,
    );
    expect(views[0]).toMatchObject({ crm: "hubspot", burst: 100, units: [{ unit: "day", left: 70, most: 100 }] });
    expect(views[0]?.oldestMs).toBeGreaterThanOrEqual(3_600_000);
    expect(await ledger.inspect.tenants("globex")).toMatchObject([{ tenant: "globex", waiting: 1, units: [] }]);
  });

  it("mail that comes steadily is a rate, a burst is none", async () => {
    const come = async (tenant: string, secondsAgo: readonly number[]) =>
      database.query(
        `insert into deliveries (tenant, event_id, lane, state, source, source_kind, received_at)
         select $1, 'evt_' || n, 'shared', 'written', 's', 'smtp', extract(epoch from clock_timestamp())::bigint * 1000 - s * 1000
           from unnest($2::bigint[]) with ordinality as r(s, n)`,
        [tenant, secondsAgo],
      );
    await wait("steady", "evt_w", "retry", 1);
    await wait("burst", "evt_w", "retry", 1);
    // One a second for five minutes, but for a moment at the edge of each span; three hundred at once.
    await come(
      "steady",
      Array.from({ length: 290 }, (_, index) => index + 1),
    );
    await come(
      "burst",
      Array.from({ length: 300 }, () => 45),
    );
    const [burst, steady] = await ledger.inspect.tenants();
    expect(burst).toMatchObject({ tenant: "burst", arriving: 0 });
    expect(steady?.arriving).toBeCloseTo(1, 1);
  });

  it("what emails cost is measured over the last thousand, and said from ten on", async () => {
    await wait("acme", "evt_1", "retry", 1);
    const cost = async () => (await ledger.inspect.tenants("acme"))[0]?.callsAnEmail;
    await ledger.quota.noteCosts([{ tenant: "acme", emails: 9, calls: 27 }]);
    expect(await cost()).toBeNull();
    await ledger.quota.noteCosts([{ tenant: "acme", emails: 1, calls: 3 }]);
    expect(await cost()).toBe(3);
    for (let n = 0; n < 5; n += 1) await ledger.quota.noteCosts([{ tenant: "acme", emails: 1_000, calls: 6_000 }]);
    expect(await cost()).toBeGreaterThan(5.8);
  });
});

describe("when a backlog is through (WR10): the ledger's own buckets on a simulated clock", () => {
  /** Requests of emails as they differ: a reply, a new thread, one with files. */
  const COSTS = [2, 5, 3, 2, 9, 2, 4];

  it.each([
    ["what waits alone", { perSecond: 10, burst: 10, emails: 400, arriving: 0 }],
    ["with mail that comes meanwhile", { perSecond: 10, burst: 10, emails: 300, arriving: 0.8 }],
    ["a burst that is much of it", { perSecond: 5, burst: 600, emails: 400, arriving: 0 }],
  ])("%s: within 20 %% of what it takes, from the begin and from the half", async (_, given) => {
    const { perSecond, burst, emails, arriving } = given;
    const start = Date.now();
    let [now, done, came] = [start, 0, 0];
    const estimates: { at: number; throughAt: number }[] = [];
    await wait("acme", "evt_1", "parked", 1);
    const draw = async (need: number) =>
      ledger.quota.draw({ tenant: "acme", crm: "hubspot", perSecond, burst, need, want: need, maxWaitMs: 1e9, now });
    await draw(1);
    await ledger.quota.noteCosts([
      { tenant: "acme", emails: 70, calls: 10 * COSTS.reduce((sum, cost) => sum + cost, 0) },
    ]);
    const [known] = await ledger.inspect.tenants("acme");
    if (known === undefined) throw new Error("the ledger does not know the tenant");
    for (; done < emails + came; done += 1) {
      came = Math.floor(((now - start) / 1_000) * arriving);
      const waiting = emails + came - done;
      if (done === 0 || done === Math.floor(emails / 2)) {
        const [{ tokens } = { tokens: 0 }] = await database.query<{ tokens: number }>(
          "select tokens from rate_buckets where tenant = 'acme'",
        );
        const inMs = estimateThroughMs({ ...known, waiting, tokens, arriving }) ?? Number.NaN;
        estimates.push({ at: now, throughAt: now + inMs });
      }
      const { waitMs } = await draw(COSTS[done % COSTS.length] ?? 0);
      now += waitMs;
    }
    expect(estimates).toHaveLength(2);
    for (const { at, throughAt } of estimates) {
      expect((throughAt - at) / (now - at)).toBeGreaterThan(0.8);
      expect((throughAt - at) / (now - at)).toBeLessThan(1.2);
    }
  });

  it.each([
    ["nothing waits", { waiting: 0 }],
    ["it never called its CRM", { perSecond: null }],
    ["it is held back", { heldSince: 1 }],
    ["its CRM is away", { circuit: "open" }],
    ["more comes than its rate allows", { arriving: 6 }],
  ] as const)("is not said where %s", (_, change) => {
    const backlog = {
      waiting: 9,
      perSecond: 10,
      tokens: 0,
      callsAnEmail: 2,
      heldSince: null,
      circuit: "closed",
      arriving: 1,
    };
    expect(estimateThroughMs({ ...backlog, circuit: "closed" })).toBe((18 / 8) * 1_000);
    expect(estimateThroughMs({ ...backlog, circuit: "closed", ...change })).toBeNull();
  });
});
