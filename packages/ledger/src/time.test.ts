import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "./database.ts";
import { ledgerOn, type Ledger } from "./ledger.ts";
import { age, bigintColumns, DAY_MS, momentsIn, NO_MOMENT } from "../testing/age.ts";
import { openMemoryDatabase } from "../testing/memory-database.ts";
import { incoming, candidate, outage, parsed, waits, written } from "../testing/samples.ts";
import type { AttemptResult } from "./deliveries/finish.ts";

/** What is sent again once everything has stood for so many days. */
const AGES = [1, 24, 25, 30, 400];
/** How far the clock of the machine that comes second is from the first's, ms. */
const APART = [-300_000, 0, 300_000];

let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
}, 60_000);
afterAll(async () => ledger.close());

interface Case {
  /** What stands in the ledger before. */
  before(tenant: string, now: number): Promise<unknown>;
  /** What comes after, on a machine whose clock says `now`. */
  after(tenant: string, now: number): Promise<void>;
}

const GRANT = { crm: "hubspot", grant: "g" };
const NOTIFICATIONS = [{ key: "eml_1/vip", notice: "crm-team", body: "{}" }];
const TAKE = { stage: "deliver", owner: "i", leaseMs: 60_000, perTenant: 9, limit: 9 } as const;
const link = (tenant: string, id: string, refs: string[]) => ({
  tenant,
  conversationId: `cnv_${refs[0] ?? id}`,
  messageId: id,
  related: refs,
  roots: [...refs, id].map((each) => `cnv_${each}`),
});
const wrote = async (tenant: string, now: number): Promise<void> => {
  await ledger.deliveries.accept([incoming(tenant, "evt_1")], now);
  await ledger.deliveries.markParsed([{ ...parsed(tenant, "evt_1"), parsedAt: now }]);
  await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", now), now });
  const end = written(tenant, "evt_1", now);
  await ledger.deliveries.finish({
    ...end,
    to: { ...end.to, endedAt: now, notifications: NOTIFICATIONS } as AttemptResult["to"],
  });
};

/** One line a case: what stands, what comes later, and what must become of it. */
const CASES: Readonly<Record<string, Case>> = {
  "a reply finds its conversation": {
    before: async (tenant) => ledger.conversations.canonical(link(tenant, "m1", [])),
    after: async (tenant) => expect(await ledger.conversations.canonical(link(tenant, "m2", ["m1"]))).toBe("cnv_m1"),
  },
  "a replay of what is unchanged is skipped": {
    before: wrote,
    after: async (tenant, now) => {
      const [arrived] = await ledger.deliveries.accept([incoming(tenant, "evt_1")], now);
      const parsedAt = Math.max(now, (arrived?.parsedAfter ?? 0) + 1);
      expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", parsedAt), now })).toEqual({
        verdict: "already_ended",
      });
    },
  },
  "a replay of what changed is delivered": {
    before: wrote,
    after: async (tenant, now) => {
      const [arrived] = await ledger.deliveries.accept([incoming(tenant, "evt_1")], now);
      const parsedAt = Math.max(now, (arrived?.parsedAfter ?? 0) + 1);
      const again = { ...candidate(tenant, "evt_1", parsedAt), contentHash: "other", now };
      expect((await ledger.deliveries.admit(again)).verdict).toBe("deliver");
    },
  },
  "a dead letter that comes again is delivered": {
    before: async (tenant, now) => {
      await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", now), now });
      const end = written(tenant, "evt_1", now);
      await ledger.deliveries.finish({
        ...end,
        to: { ...end.to, state: "dead_lettered", reason: "crm_rejected" } as AttemptResult["to"],
      });
    },
    after: async (tenant, now) => {
      const [arrived] = await ledger.deliveries.accept([incoming(tenant, "evt_1")], now);
      const again = { ...candidate(tenant, "evt_1", now), pass: arrived?.pass ?? 0, now };
      expect(await ledger.deliveries.admit(again)).toMatchObject({ verdict: "deliver", pass: 1, attempt: 0 });
    },
  },
  "an email that waits is due": {
    before: async (tenant, now) => {
      await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", now), now });
      await ledger.deliveries.finish(waits(tenant, "evt_1", now, { value: Buffer.from("x"), delayMs: 3_600_000 }));
    },
    after: async (tenant) =>
      expect(await ledger.waiting.take({ ...TAKE, lanes: [`lane-${tenant}`] })).toMatchObject([{ eventId: "evt_1" }]),
  },
  "an email that somebody took and never ended is taken again": {
    before: async (tenant, now) => {
      await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", now), now });
      await ledger.deliveries.finish(waits(tenant, "evt_1", now, { value: Buffer.from("x"), delayMs: 0 }));
      await ledger.waiting.take({ ...TAKE, lanes: [`lane-${tenant}`] });
    },
    after: async (tenant) =>
      expect(await ledger.waiting.take({ ...TAKE, lanes: [`lane-${tenant}`] })).toMatchObject([{ eventId: "evt_1" }]),
  },
  "a delivery that no one works on is taken up": {
    before: async (tenant, now) => ledger.deliveries.admit({ ...candidate(tenant, "evt_1", now), now }),
    after: async (tenant) =>
      expect(await ledger.deliveries.takeStalled([`lane-${tenant}`], 45_000)).toMatchObject([{ eventId: "evt_1" }]),
  },
  "an open circuit is probed, and closes": {
    before: async (tenant) => {
      for (const email of ["a", "b", "c"])
        await ledger.circuits.recordOutage(tenant, "hubspot", outage(email), () => 60_000);
    },
    after: async (tenant) => {
      expect(await ledger.circuits.takeProbes([{ tenant, crm: "hubspot" }])).toEqual([{ tenant, crm: "hubspot" }]);
      expect(await ledger.circuits.recordSuccess(tenant, "hubspot", true)).toBe(true);
    },
  },
  "a bucket that was drawn empty is full": {
    before: async (tenant) =>
      ledger.quota.draw({ tenant, crm: "hubspot", perSecond: 1, burst: 5, need: 5, want: 5, maxWaitMs: 0 }),
    after: async (tenant) =>
      expect(
        await ledger.quota.draw({ tenant, crm: "hubspot", perSecond: 1, burst: 5, need: 5, want: 5, maxWaitMs: 0 }),
      ).toMatchObject({ granted: 5 }),
  },
  "OAuth tokens are read, and renewed though their last lease was never given back": {
    before: async (tenant) => {
      await ledger.grants.lease({ ...GRANT, tenant }, 0, "one", 60_000);
      await ledger.grants.keep({ ...GRANT, tenant }, 0, Buffer.from("sealed"));
      await ledger.grants.lease({ ...GRANT, tenant }, 1, "one", 60_000);
    },
    after: async (tenant) => {
      expect((await ledger.grants.read({ ...GRANT, tenant }))?.generation).toBe(1);
      expect(await ledger.grants.lease({ ...GRANT, tenant }, 1, "two", 60_000)).toBe(true);
      expect(await ledger.grants.keep({ ...GRANT, tenant }, 1, Buffer.from("next"))).toBe(true);
    },
  },
  "a notice that was taken and never ended is sent": {
    before: async (tenant, now) => {
      await wrote(tenant, now);
      await ledger.outbox.takeNotifications({ leaseMs: 60_000, limit: 100, perReceiver: 9, except: [] });
    },
    after: async (tenant) => {
      const mine = (
        await ledger.outbox.takeNotifications({ leaseMs: 60_000, limit: 1_000, perReceiver: 9, except: [] })
      ).filter((each) => each.tenant === tenant);
      expect(mine).toMatchObject([{ key: "eml_1/vip" }]);
      expect(mine[0]?.age).toBeGreaterThan(0);
    },
  },
  "buffer mode says since when, and ends": {
    before: async (tenant) => ledger.circuits.hold(tenant, { why: null, actor: "ana" }),
    after: async (tenant) => {
      expect((await ledger.circuits.gate(tenant)).buffered).toBe(true);
      expect(await ledger.circuits.endHold(tenant, "ana")).toBe(0);
    },
  },
};

describe.each(Object.entries(CASES))("%s", (name, given) => {
  for (const days of AGES)
    for (const apart of APART)
      it(`${days} days later, on a clock that is ${apart / 60_000} minutes off`, async () => {
        const tenant = `t-${Object.keys(CASES).indexOf(name)}-${days}-${apart + 300_000}`;
        const now = Date.now();
        await given.before(tenant, now);
        await age(database, days * DAY_MS);
        await given.after(tenant, now + apart);
      });
});

it("every moment of every table is aged: a bigint column is one, or said to be none", async () => {
  const moments = new Set((await momentsIn(database)).map(({ table, name }) => `${table}.${name}`));
  const unknown = (await bigintColumns(database)).filter((column) => !moments.has(column) && !NO_MOMENT.test(column));
  // Name it …_at if it is epoch ms; else it is a count, an id or an offset: testing/age.ts.
  expect(unknown).toEqual([]);
  expect(moments.size).toBeGreaterThan(30);
});
