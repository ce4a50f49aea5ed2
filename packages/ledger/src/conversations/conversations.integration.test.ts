import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "../database.ts";
import { openLedger, type Ledger } from "../ledger.ts";
import { candidate, written } from "../../testing/samples.ts";

let ledger: Ledger;

/** Lets time pass: what is there becomes older. */
let database: Database;

/** Every test has a tenant of its own: one database, no clean-up. */
const newTenant = (): string => `t-${randomUUID().slice(0, 12)}`;

beforeAll(async () => {
  const connectionString = process.env["DATABASE_URL"] ?? "";
  ledger = openLedger({ connectionString });
  database = openDatabase({ connectionString });
  await ledger.migrate();
});

afterAll(async () => Promise.all([ledger.close(), database.close()]));

describe("conversations", () => {
  const messages = [
    { id: "m1", refs: [] as string[] },
    { id: "m2", refs: ["m1"] },
    { id: "m3", refs: ["m2"] },
    { id: "m4", refs: ["m3"] },
  ];
  it.each([[[0, 1, 2, 3]], [[3, 2, 1, 0]], [[1, 3, 0, 2]], [[2, 0, 3, 1]]])(
    "have the same canonical id in the order of arrival %j",
    async (order) => {
      const tenant = newTenant();
      for (const index of order) await resolve(tenant, messages[index] as (typeof messages)[number]);
      const ids = await Promise.all(messages.map(async (message) => resolve(tenant, message)));
      expect(new Set(ids).size).toBe(1);
      expect(ids[0]).toBe("cnv_m1");
    },
  );

  it("joined with a deal on both sides keep the older deal", async () => {
    const tenant = newTenant();
    await deal(tenant, "cnv_m2", "older");
    await deal(tenant, "cnv_m1", "newer");
    await resolve(tenant, { id: "m2", refs: [], root: "m2" });
    await resolve(tenant, { id: "m1", refs: [] });
    expect(await resolve(tenant, { id: "m2", refs: ["m1"] })).toBe("cnv_m1");
    expect(
      await ledger.effects.claim([
        {
          tenant,
          crm: "hubspot",
          effect: "deal",
          key: "cnv_m1",
          owner: "o",
          eventId: "evt_1",
          leaseMs: 1,
          settleMs: 0,
        },
      ]),
    ).toMatchObject([{ state: "confirmed", recordId: "older" }]);
  });

  it("are not joined while one of their deals is being written", async () => {
    const tenant = newTenant();
    await resolve(tenant, { id: "m1", refs: [] });
    await ledger.effects.claim([
      {
        tenant,
        crm: "hubspot",
        effect: "deal",
        key: "cnv_m1",
        owner: "o",
        eventId: "evt_1",
        leaseMs: 60_000,
        settleMs: 0,
      },
    ]);
    await resolve(tenant, { id: "m3", refs: [], root: "m3" });
    expect(await resolve(tenant, { id: "m3", refs: ["m1"], root: "m3" })).toBeNull();
  });

  async function resolve(
    tenant: string,
    message: { id: string; refs: string[]; root?: string },
  ): Promise<string | null> {
    return ledger.conversations.canonical({
      tenant,
      conversationId: `cnv_${message.root ?? message.refs[0] ?? message.id}`,
      messageId: message.id,
      related: message.refs,
      roots: [...message.refs, message.id].map((id) => `cnv_${id}`),
    });
  }
  async function deal(tenant: string, key: string, recordId: string): Promise<void> {
    const owner = randomUUID();
    await ledger.deliveries.admit(candidate(tenant, `evt_${key}`, 2000));
    await ledger.effects.claim([
      { tenant, crm: "hubspot", effect: "deal", key, owner, eventId: `evt_${key}`, leaseMs: 60_000, settleMs: 0 },
    ]);
    await ledger.deliveries.finish({
      ...written(tenant, `evt_${key}`, 2000),
      effects: [
        {
          crm: "hubspot",
          effect: "deal",
          key,
          owner,
          result: { state: "confirmed", recordId, created: true, desired: {} },
        },
      ],
    });
  }
});
