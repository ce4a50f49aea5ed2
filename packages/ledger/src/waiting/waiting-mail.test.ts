import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { age, DAY_MS } from "../../testing/age.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, outage, waits } from "../../testing/samples.ts";
import { waitReason, whyItWaits } from "./why-waiting.ts";

let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
});
afterAll(async () => ledger.close());

async function park(tenant: string, eventId: string, change: object = {}, conversationId = eventId): Promise<void> {
  await ledger.deliveries.admit(candidate(tenant, eventId, 2000));
  const end = waits(tenant, eventId, 2000, { value: Buffer.from(eventId), delayMs: 30 * DAY_MS, conversationId });
  await ledger.deliveries.finish({ ...end, to: { ...end.to, ...change } });
}

describe("L4: mail that has waited beyond its tenant's maxAge", () => {
  const take = async (tenant: string) => {
    const tenants = [{ tenant, maxAgeMs: 7 * DAY_MS }];
    const taken = await ledger.waiting.takeTooOld({ owner: "i", leaseMs: 60_000, limit: 2, tenants });
    return taken.map(({ eventId }) => eventId);
  };

  it("is found whether or not it is due, the oldest first, so many at a time, each once", async () => {
    for (const event of ["evt_1", "evt_2", "evt_3"]) await park("old", event);
    expect(await take("old")).toEqual([]);
    await age(database, 7 * DAY_MS + 1);
    await park("old", "evt_4");
    expect((await take("old")).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(["evt_1", "evt_2"]);
    expect(await take("old")).toEqual(["evt_3"]);
    expect(await take("old")).toEqual([]);
    expect(await take("other")).toEqual([]);
  });

  it("behind an earlier email of its conversation, or with the circuit open, as well; what an operator holds back is not", async () => {
    await park("held", "evt_1", {}, "cnv_1");
    await park("held", "evt_2", {}, "cnv_1");
    await park("held", "evt_3", { kind: "held" });
    await ledger.circuits.recordOutage("held", "hubspot", outage("evt_1", { retryAfterMs: 600_000 }), () => 1_000);
    await age(database, 8 * DAY_MS);
    await ledger.circuits.hold("held", { why: null, actor: "ana" });
    expect(await take("held")).toEqual([]);
    await ledger.circuits.endHold("held", "ana");
    expect((await take("held")).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(["evt_1", "evt_2"]);
  });
});

it("what waits has its attempts back by family when it is taken, and when it is too old", async () => {
  const attempts = { crm: 3, unexpected: 1 };
  for (const event of ["evt_1", "evt_2"]) {
    await ledger.deliveries.admit(candidate("tried", event, 2000));
    const end = waits("tried", event, 2000, { value: Buffer.from("x"), delayMs: 0 });
    await ledger.deliveries.finish({ ...end, attempt: 4, attempts });
  }
  const take = { owner: "i", leaseMs: 60_000, limit: 1 };
  const expected = [{ attempt: 4, attempts, receivedAt: 1000 }];
  const lanes = ["lane-tried"];
  expect(await ledger.waiting.take({ ...take, stage: "deliver", lanes, perTenant: 1 })).toMatchObject(expected);
  await age(database, 8 * DAY_MS);
  const tenants = [{ tenant: "tried", maxAgeMs: 7 * DAY_MS }];
  expect(await ledger.waiting.takeTooOld({ ...take, tenants })).toMatchObject(expected);
});

describe("where mail waits", () => {
  it.each([
    ["conversation", {}, async () => {}],
    [
      "circuit",
      {},
      async (t: string) =>
        ledger.circuits.recordOutage(t, "hubspot", outage("evt_1", { retryAfterMs: 600_000 }), () => 1_000),
    ],
    ["buffer", {}, async (t: string) => ledger.circuits.hold(t, { why: "migration", actor: "ana" })],
  ] as const)("of an email: %s", async (reason, change, hold) => {
    const tenant = `one-${reason}`;
    await park(tenant, "evt_1", change, "cnv_1");
    await park(tenant, "evt_2", change, "cnv_1");
    await hold(tenant);
    const view = await ledger.waiting.view(tenant, "evt_2");
    expect(view).toMatchObject({ tenant, behind: "evt_1", attempt: 0 });
    expect(view === null ? null : waitReason(view)).toBe(reason);
    expect(view === null ? "" : whyItWaits(view)).toMatch(/until|next ping in 10 min/);
    expect(await ledger.waiting.view(tenant, "evt_9")).toBeNull();
  });

  it("of a tenant: by code, with how many, since when, and when its quota has a token", async () => {
    await park("two", "evt_1", { code: "quota" });
    await park("two", "evt_2", { code: "quota" });
    await park("two", "evt_3", { code: "http:403", kind: "retry" });
    await ledger.quota.draw({
      tenant: "two",
      crm: "hubspot",
      perSecond: 0.01,
      burst: 1,
      need: 1,
      want: 1,
      maxWaitMs: 0,
    });
    const mail = (await ledger.waiting.mail()).filter(({ tenant }) => tenant === "two");
    expect(mail.map(({ code, emails }) => [code, emails]).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(
      [
        ["http:403", 1],
        ["quota", 2],
      ],
    );
    expect(mail.map(waitReason).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(["quota", "retry"]);
    for (const { tokensInMs } of mail) expect(tokensInMs).toBeGreaterThan(50_000);
  });
});
