import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { DAY_MS } from "../../testing/age.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, outage, waits, written } from "../../testing/samples.ts";

let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
});
afterAll(async () => ledger.close());

async function park(tenant: string, eventId: string, code: string, conversationId = eventId): Promise<void> {
  await ledger.deliveries.admit(candidate(tenant, eventId, 2000));
  const end = waits(tenant, eventId, 2000, { value: Buffer.from(eventId), delayMs: DAY_MS, conversationId });
  await ledger.deliveries.finish({ ...end, to: { ...end.to, code } as typeof end.to });
}

const TAKE = { stage: "deliver", owner: "i", leaseMs: 60_000, limit: 10 } as const;
const taken = async (tenant: string) =>
  (await ledger.waiting.take({ ...TAKE, lanes: [`lane-${tenant}`], perTenant: 10 })).map(({ eventId }) => eventId);
const takenOut = async (tenant: string) => ledger.waiting.takeTakenOut({ ...TAKE, lanes: [`lane-${tenant}`] });

it.each([
  ["everything of a tenant", {}, 4],
  ["by its code", { reason: "http:503" }, 1],
  ["by what stands before the colon of its code", { reason: "http" }, 2],
  ["by event, and by code", { eventIds: ["evt_1", "evt_3"], reason: "http" }, 1],
  ["waiting since a time before", { since: Date.now() - DAY_MS }, 4],
  ["waiting since a time to come", { since: Date.now() + DAY_MS }, 0],
])("what a filter means: %s", async (_, filter, emails) => {
  const tenant = `means-${JSON.stringify(filter).replaceAll(/[^a-z0-9]/gi, "")}`;
  for (const [n, code] of ["http:503", "http:423", "quota", "quota"].entries()) await park(tenant, `evt_${n}`, code);
  const counts = await ledger.waiting.count({ tenant, ...filter });
  expect(counts.reduce((sum, each) => sum + each.emails, 0)).toBe(emails);
  expect(await ledger.waiting.list({ tenant, ...filter }, 10)).toHaveLength(emails);
});

it("an email that is retried by hand is due now, in the order of its conversation, and not past an open circuit", async () => {
  await park("retry", "evt_1", "http:503", "cnv_1");
  await park("retry", "evt_2", "http:503", "cnv_1");
  expect(await taken("retry")).toEqual([]);
  expect(await ledger.waiting.act({ tenant: "retry" }, { act: "retry", actor: "ana", why: null })).toBe(2);
  await ledger.circuits.recordOutage("retry", "hubspot", outage("evt_1", { retryAfterMs: 600_000 }), () => 1_000);
  expect(await taken("retry")).toEqual([]);
  await database.query("delete from circuits where tenant = 'retry'");
  expect(await taken("retry")).toEqual(["evt_1"]);
  const audited = await database.query("select actor, detail from audit where action = 'waiting.retry'");
  expect(audited).toEqual([{ actor: "ana", detail: { tenant: "retry", why: null } }]);
  expect((await ledger.inspect.journey("retry", "evt_2")).map(({ what }) => what)).toContain("retried by hand");
});

it("an email that is taken out is handed over to end although its circuit is open and it stands behind another, once", async () => {
  await park("out", "evt_1", "circuit_open", "cnv_1");
  await park("out", "evt_2", "circuit_open", "cnv_1");
  await ledger.circuits.recordOutage("out", "hubspot", outage("evt_1", { retryAfterMs: 600_000 }), () => 1_000);
  await ledger.waiting.act({ eventIds: ["evt_2"] }, { act: "dead-letter", actor: "ana", why: "spam run" });
  expect(await takenOut("out")).toMatchObject([{ eventId: "evt_2", why: "spam run", code: "circuit_open" }]);
  expect(await takenOut("out")).toEqual([]);
  expect(await ledger.waiting.view("out", "evt_2")).toMatchObject({ takenOut: "spam run" });
});

it("one that is tried meanwhile and waits again is still taken out; one that is written meanwhile is not", async () => {
  for (const event of ["evt_1", "evt_2"]) {
    await park("race", event, "http:503");
    await ledger.waiting.act({ eventIds: [event], tenant: "race" }, { act: "dead-letter", actor: "ana", why: "x" });
  }
  const end = waits("race", "evt_1", 2000, { value: Buffer.from("evt_1"), delayMs: DAY_MS });
  await ledger.deliveries.finish(end);
  await ledger.deliveries.finish(written("race", "evt_2", 2000));
  expect((await takenOut("race")).map(({ eventId }) => eventId)).toEqual(["evt_1"]);
});

it("what waits is counted as it comes, changes and goes, before and after the sums", async () => {
  const counts = async () =>
    Object.fromEntries(
      (await ledger.waiting.mail()).flatMap(({ tenant, code, emails }) => (tenant === "n" ? [[code, emails]] : [])),
    );
  for (const event of ["evt_1", "evt_2", "evt_3"]) await park("n", event, "quota");
  expect(await counts()).toEqual({ quota: 3 });
  await ledger.waiting.sumParkedBytes();
  await ledger.deliveries.finish(waits("n", "evt_1", 2000, { value: Buffer.from("x"), delayMs: 0 }));
  expect(await counts()).toEqual({ quota: 2, "hubspot:503": 1 });
  await ledger.deliveries.finish(written("n", "evt_2", 2000));
  await ledger.deliveries.finish(written("n", "evt_1", 2000));
  await ledger.waiting.sumParkedBytes();
  expect(await counts()).toEqual({ quota: 1 });
  const [row] = await database.query<{ n: number }>("select count(*) as n from waiting_counts where tenant = 'n'");
  expect(row?.n).toBe(1);
});
