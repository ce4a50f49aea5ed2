import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLedger, type Ledger } from "../ledger.ts";
import type { Rematch } from "../effects/rematches.ts";
import type { References, SentMessage } from "./sent-messages.ts";

/** WR3: registered messages and the emails that answer them find each other in either order. */
let ledger: Ledger;
/** Every test has a lane of its own: one database, no clean-up. */
const newLane = (): string => `t-${randomUUID().slice(0, 12)}`;

beforeAll(async () => {
  ledger = openLedger({ connectionString: process.env["DATABASE_URL"] ?? "" });
  await ledger.migrate();
});
afterAll(async () => ledger.close());

const sent = (tenant: string, change: Partial<SentMessage> = {}): SentMessage => ({
  tenant,
  messageId: "m1@x",
  contactEmail: "ada@example.com",
  dealId: "11",
  campaign: null,
  sentAt: 1000,
  receivedAt: 2000,
  ...change,
});
const reply = (tenant: string, messageIds: string[] = ["m1@x"], emailKey = "eml_1"): References => ({
  tenant,
  emailKey,
  eventId: "evt_1",
  lane: tenant,
  conversationId: "cnv_1",
  messageIds,
});
const take = async (lane: string, leaseMs = 60_000): Promise<Rematch[]> =>
  ledger.effects.takeRematches({ lanes: [lane], owner: "me", leaseMs, limit: 10 });

describe("registered before the reply", () => {
  it("is found by the reply, the answered message first, and nothing is matched again", async () => {
    const tenant = newLane();
    await ledger.conversations.registerSent([
      sent(tenant),
      sent(tenant, { messageId: "m2@x", dealId: "22", campaign: "q2" }),
    ]);
    const found = await ledger.conversations.recordReferences(reply(tenant, ["m2@x", "unknown@x", "m1@x"]));
    expect(found.map(({ messageId, dealId, campaign }) => [messageId, dealId, campaign])).toEqual([
      ["m2@x", "22", "q2"],
      ["m1@x", "11", null],
    ]);
    expect(await take(tenant)).toEqual([]);
  });

  it("is the tenant's own: another tenant's reply does not find it", async () => {
    const tenant = newLane();
    await ledger.conversations.registerSent([sent(tenant)]);
    expect(await ledger.conversations.recordReferences(reply(newLane()))).toEqual([]);
  });
});

describe("registered after the reply", () => {
  it("lets the reply be matched again, once, however often it is registered", async () => {
    const tenant = newLane();
    expect(await ledger.conversations.recordReferences(reply(tenant))).toEqual([]);
    await ledger.conversations.registerSent([sent(tenant)]);
    const [rematch, ...more] = await take(tenant);
    expect(more).toEqual([]);
    expect(rematch).toEqual({
      tenant,
      emailKey: "eml_1",
      eventId: "evt_1",
      conversationId: "cnv_1",
      attempt: 0,
      sent: { messageId: "m1@x", dealId: "11" },
      delivery: null,
      activities: [],
    });
    await ledger.effects.endRematch(rematch as Rematch, "me", {
      kind: "matched",
      crm: "hubspot",
      dealId: "11",
      evidence: {},
    });
    expect((await ledger.inspect.journey(tenant, "evt_1")).map(({ what }) => what)).toEqual(["matched_again"]);
    // The topic read again from its start.
    await ledger.conversations.registerSent([sent(tenant)]);
    expect(await take(tenant)).toEqual([]);
  });

  it("with another deal later, it is matched again with that one; an older registration changes nothing", async () => {
    const tenant = newLane();
    await ledger.conversations.registerSent([sent(tenant)]);
    await ledger.conversations.recordReferences(reply(tenant));
    await ledger.conversations.registerSent([sent(tenant, { dealId: "22", receivedAt: 3000 }), sent(tenant)]);
    await ledger.conversations.registerSent([sent(tenant)]);
    expect((await take(tenant)).map((rematch) => rematch.sent?.dealId)).toEqual(["22"]);
  });

  it("a registration without a deal matches nothing", async () => {
    const tenant = newLane();
    await ledger.conversations.recordReferences(reply(tenant));
    await ledger.conversations.registerSent([sent(tenant, { dealId: null, campaign: "q2" })]);
    expect(await take(tenant)).toEqual([]);
    expect((await ledger.conversations.recordReferences(reply(tenant)))[0]?.campaign).toBe("q2");
  });

  it("of several the one counts that the email answers", async () => {
    const tenant = newLane();
    await ledger.conversations.recordReferences(reply(tenant, ["answered@x", "root@x"]));
    await ledger.conversations.registerSent([
      sent(tenant, { messageId: "root@x" }),
      sent(tenant, { messageId: "answered@x", dealId: "22" }),
    ]);
    expect((await take(tenant)).map((rematch) => rematch.sent?.messageId)).toEqual(["answered@x"]);
  });
});

describe("a rematch under way", () => {
  it("belongs to one instance while its lease lives, and to the next when it ran out", async () => {
    const tenant = newLane();
    await ledger.conversations.recordReferences(reply(tenant));
    await ledger.conversations.registerSent([sent(tenant)]);
    const [first] = await take(tenant, 60_000);
    expect(await take(tenant)).toEqual([]);
    await ledger.effects.endRematch(first as Rematch, "somebody else", { kind: "dropped", why: "late" });
    await ledger.effects.endRematch(first as Rematch, "me", { kind: "later", delayMs: 0, attempt: true });
    expect(await take(tenant, 0)).toMatchObject([{ attempt: 1 }]);
    expect(await take(tenant)).toMatchObject([{ attempt: 1 }]);
  });

  it("gives a conversation without a deal this one, and leaves one that has a deal", async () => {
    const tenant = newLane();
    for (const [emailKey, conversationId] of [
      ["eml_1", "cnv_1"],
      ["eml_2", "cnv_1"],
    ] as const) {
      await ledger.conversations.recordReferences({ ...reply(tenant, [`${emailKey}@x`], emailKey), conversationId });
      await ledger.conversations.registerSent([sent(tenant, { messageId: `${emailKey}@x`, dealId: emailKey })]);
      const [rematch] = await take(tenant);
      await ledger.effects.endRematch(rematch as Rematch, "me", {
        kind: "matched",
        crm: "hubspot",
        dealId: emailKey,
        evidence: {},
      });
    }
    const [claim] = await ledger.effects.claim([
      { tenant, crm: "hubspot", effect: "deal", key: "cnv_1", owner: "me", eventId: "evt_2", leaseMs: 1, settleMs: 0 },
    ]);
    expect(claim).toMatchObject({ state: "confirmed", recordId: "eml_1" });
  });
});
