import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../database.ts";
import type { AttemptResult } from "../deliveries/finish.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, waits, written } from "../../testing/samples.ts";

// L14: an email that wants to join two conversations waited for ever for a deal whose own email was dead.
let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
}, 60_000);
afterAll(async () => ledger.close());

const resolve = async (tenant: string, id: string, refs: string[], root: string): Promise<string | null> =>
  ledger.conversations.canonical({
    tenant,
    conversationId: `cnv_${root}`,
    messageId: id,
    related: refs,
    roots: [...refs, id].map((each) => `cnv_${each}`),
  });

/** Two conversations, m1's and m2's; the deal of m2's is unknown, and its email ends as `end` says. */
async function unknownDeal(tenant: string, end: (end: AttemptResult) => AttemptResult): Promise<void> {
  await resolve(tenant, "m1", [], "m1");
  await resolve(tenant, "m2", [], "m2");
  const deal = { crm: "hubspot", effect: "deal", key: "cnv_m2", owner: "one" };
  await ledger.deliveries.admit(candidate(tenant, "evt_2", 2000));
  await ledger.effects.claim([{ ...deal, tenant, eventId: "evt_2", leaseMs: 0, settleMs: 0 }]);
  await ledger.deliveries.finish({
    ...end(written(tenant, "evt_2", 2000)),
    effects: [{ ...deal, result: { state: "unknown" } }],
  });
}
const dead = (end: AttemptResult): AttemptResult => ({
  ...end,
  to: { ...end.to, state: "dead_lettered", reason: "crm_rejected" } as AttemptResult["to"],
});
const waiting = (end: AttemptResult): AttemptResult => ({
  ...end,
  to: waits(end.tenant, end.eventId, 2000, { value: Buffer.from("x"), delayMs: 0 }).to,
});

it("L14: a deal whose email is dead holds up no join, and the next email looks for it before it makes another", async () => {
  await unknownDeal("t-dead", dead);
  expect(await resolve("t-dead", "m3", ["m1", "m2"], "m1")).toBe("cnv_m2");
  expect(
    await ledger.effects.claim([
      {
        tenant: "t-dead",
        crm: "hubspot",
        effect: "deal",
        key: "cnv_m2",
        owner: "two",
        eventId: "evt_3",
        leaseMs: 1,
        settleMs: 0,
      },
    ]),
  ).toMatchObject([{ state: "won", settle: true, claimedMsAgo: expect.any(Number) }]);
});

it("L14: the deal that the other conversation has is the deal of both, also where the dead claim has the canonical key", async () => {
  const tenant = "t-other";
  const deal = { crm: "hubspot", effect: "deal", key: "cnv_m3", owner: "other" };
  await unknownDeal(tenant, dead);
  await resolve(tenant, "m3", [], "m3");
  await ledger.deliveries.admit(candidate(tenant, "evt_3", 2000));
  await ledger.effects.claim([{ ...deal, tenant, eventId: "evt_3", leaseMs: 60_000, settleMs: 0 }]);
  const result = { state: "confirmed", recordId: "d-3", created: true, desired: {} } as const;
  await ledger.deliveries.finish({ ...written(tenant, "evt_3", 2000), effects: [{ ...deal, result }] });
  expect(await resolve(tenant, "m4", ["m2", "m3"], "m2")).toBe("cnv_m2");
  expect(
    await ledger.effects.claim([
      { ...deal, key: "cnv_m2", tenant, owner: "two", eventId: "evt_4", leaseMs: 1, settleMs: 0 },
    ]),
  ).toMatchObject([{ state: "confirmed", recordId: "d-3" }]);
});

it("L14: a deal whose email will settle it is waited for", async () => {
  await unknownDeal("t-alive", waiting);
  expect(await resolve("t-alive", "m3", ["m1", "m2"], "m1")).toBeNull();
});

it("L14: an email that comes to the same wait a hundred times tells it once, and tells what is new", async () => {
  const tenant = "t-journey";
  await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
  const end = waits(tenant, "evt_1", 2000, { value: Buffer.from("x"), delayMs: 0 });
  for (let i = 0; i < 100; i += 1) await ledger.deliveries.finish(end);
  expect(await ledger.inspect.journey(tenant, "evt_1")).toHaveLength(1);
  await ledger.deliveries.finish({ ...end, attempt: 1 });
  await ledger.deliveries.finish({ ...end, attempt: 1, to: { ...end.to, code: "quota" } as AttemptResult["to"] });
  expect((await ledger.inspect.journey(tenant, "evt_1")).map(({ detail }) => detail["code"])).toEqual([
    "hubspot:503",
    "hubspot:503",
    "quota",
  ]);
});
