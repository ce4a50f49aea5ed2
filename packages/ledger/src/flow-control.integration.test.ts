import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase, type Database } from "./database.ts";
import type { AttemptResult } from "./deliveries/finish.ts";
import { openLedger, type Ledger } from "./ledger.ts";
import type { TakeOptions } from "./waiting/take-waiting.ts";

let ledger: Ledger;
let database: Database;
const newTenant = (): string => `t-${randomUUID().slice(0, 12)}`;

beforeAll(async () => {
  const connectionString = process.env["DATABASE_URL"] ?? "";
  ledger = openLedger({ connectionString });
  database = openDatabase({ connectionString });
  await ledger.migrate();
});
afterAll(async () => Promise.all([ledger.close(), database.close()]));

it("WR9: while a tenant is in buffer mode none of its mail is released, that of others is; off releases oldest first", async () => {
  const [held, other] = [newTenant(), newTenant()];
  for (const tenant of [held, other])
    for (const [event, code] of [
      ["evt_1", "http:503"],
      ["evt_2", "buffer_mode"],
      ["evt_3", "buffer_mode"],
    ] as const)
      await park(tenant, event, code);
  expect(await ledger.circuits.gate(held)).toMatchObject({ buffered: false, behindQuota: false });
  await ledger.circuits.hold(held, { why: "migration", actor: "ana" });
  expect(await ledger.circuits.gate(held)).toMatchObject({ buffered: true, behindQuota: false });
  expect(await ledger.circuits.gate(other)).toMatchObject({ buffered: false, behindQuota: false });
  expect(await taken(held)).toEqual([]);
  // A tenant that is not in buffer mode has nothing to wait for, whatever stood in the way when it was parked.
  expect(await taken(other)).toEqual(["evt_1", "evt_2", "evt_3"]);

  expect(await ledger.circuits.endHold(held, "ana")).toBe(2);
  expect(await taken(held)).toEqual(["evt_1", "evt_2", "evt_3"]);
});

it("the list says who, since when, why and how much waits; the audit says it for good", async () => {
  const tenant = newTenant();
  await park(tenant, "evt_1", "buffer_mode");
  expect(await ledger.circuits.hold(tenant, { why: "migration", actor: "ana" })).toBe(true);
  expect(await ledger.circuits.hold(tenant, { why: "again", actor: "bob" })).toBe(false);
  const [row] = (await ledger.circuits.listHolds()).filter((each) => each.tenant === tenant);
  expect(row).toMatchObject({ why: "migration", actor: "ana", waiting: 1 });
  expect(row?.since).toBeGreaterThan(0);
  expect(row?.oldestMs).toBeGreaterThanOrEqual(0);
  expect(await ledger.circuits.endHold(tenant, "bob")).toBe(1);
  expect(await ledger.circuits.endHold(tenant, "bob")).toBeNull();
  expect((await ledger.circuits.listHolds()).filter((each) => each.tenant === tenant)).toEqual([]);
  expect(
    await database.query("select actor, action, detail from audit where detail->>'tenant' = $1 order by id", [tenant]),
  ).toEqual([
    { actor: "ana", action: "buffer on", detail: { tenant, why: "migration" } },
    { actor: "bob", action: "buffer off", detail: { tenant, released: 1 } },
  ]);
});

it("WR10: of a tenant with a quota no more is released than it has tokens, the oldest first, whatever they were due", async () => {
  const tenant = newTenant();
  // The oldest are due last: they were told how long the tokens would take.
  await park(tenant, "evt_1", "quota", 3_600_000);
  await park(tenant, "evt_2", "quota", 60_000);
  await park(tenant, "evt_3", "quota");
  await park(tenant, "evt_4", "http:503");
  expect(await ledger.circuits.gate(tenant)).toMatchObject({ buffered: false, behindQuota: true });
  const draw = { tenant, crm: "hubspot", perSecond: 0.000_001, burst: 5, maxWaitMs: 0 };
  await ledger.quota.draw({ ...draw, need: 3, want: 3 });
  expect(await taken(tenant)).toEqual(["evt_1", "evt_2"]);
  await ledger.quota.draw({ ...draw, need: 2, want: 2 });
  expect(await taken(tenant)).toEqual([]);
  // More tokens: a bucket of a million a second is full long before this statement is over.
  await ledger.quota.draw({ ...draw, perSecond: 1_000_000, need: 1, want: 1, maxWaitMs: 1 });
  expect(await taken(tenant)).toEqual(["evt_3", "evt_4"]);
});

it("WR10: where emails go together, a few tokens release many of them, and fewer tokens none", async () => {
  const tenant = newTenant();
  for (const event of ["evt_1", "evt_2", "evt_3", "evt_4"]) await park(tenant, event, "quota");
  const together = { crms: ["hubspot"], tokens: 2, emails: 3 };
  const draw = { tenant, perSecond: 0.000_001, maxWaitMs: 0 };
  await ledger.quota.draw({ ...draw, crm: "hubspot", burst: 5, need: 4, want: 4 });
  expect(await taken(tenant, together)).toEqual([]);
  await ledger.quota.draw({ ...draw, crm: "hubspot", burst: 1, need: 1, want: 1 });
  expect(await taken(tenant, together)).toEqual([]);
  // A quota that never has as many tokens at once: all that it can have are enough.
  await ledger.quota.draw({ ...draw, crm: "hubspot", perSecond: 1_000_000, burst: 1, need: 1, want: 1, maxWaitMs: 1 });
  expect(await taken(tenant, together)).toEqual(["evt_1", "evt_2", "evt_3"]);
  await ledger.quota.draw({ ...draw, crm: "odoo", burst: 1, need: 1, want: 1 });
  expect(await taken(tenant, together)).toEqual([]);
});

async function taken(tenant: string, together?: TakeOptions["together"]): Promise<string[]> {
  const rows = await ledger.waiting.take({
    stage: "deliver",
    lanes: [`lane-${tenant}`],
    owner: "i",
    leaseMs: 60_000,
    perTenant: 10,
    limit: 100,
    ...(together === undefined ? {} : { together }),
  });
  return rows.map(({ eventId }) => eventId);
}

/** Waits, due now; of buffer mode only in an hour, unless it is switched off. */
async function park(
  tenant: string,
  eventId: string,
  code: string,
  delayMs = code === "buffer_mode" ? 3_600_000 : 0,
): Promise<void> {
  const lane = `lane-${tenant}`;
  const value = Buffer.from("v");
  await ledger.deliveries.admit({
    tenant,
    eventId,
    lane,
    source: "signed-json",
    sourceKind: "signed-json",
    sourceDeliveryId: null,
    sourceEventId: null,
    emailKey: `eml_${eventId}`,
    contentHash: "hash",
    mappingVersion: "m1",
    conversationId: `cnv_${eventId}`,
    messageId: null,
    topic: "normalized",
    partition: 0,
    offset: 1n,
    parsedAt: 2000,
    pass: 0,
    receivedAt: 1000,
    traceId: null,
    now: 2500,
  });
  const end: AttemptResult = {
    tenant,
    eventId,
    service: "crm-sink",
    stage: "deliver",
    parsedAt: 2000,
    pass: 0,
    attempt: 0,
    effects: [],
    to: {
      state: "waiting",
      kind: "parked",
      code,
      delayMs,
      lane,
      conversationId: `cnv_${eventId}`,
      record: { topic: "normalized", partition: 0, offset: 1n, timestamp: 1000, key: null, value, headers: [] },
    },
  };
  await ledger.deliveries.finish(end);
}
