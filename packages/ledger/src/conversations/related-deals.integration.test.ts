import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "../database.ts";
import { openLedger, type Ledger } from "../ledger.ts";
import type { RelatedDealsQuestion } from "./related-deals.ts";
import type { SentMessage } from "./sent-messages.ts";

/** WR3: what the ledger knows of deals that an email may belong to. Every test has a tenant of its own. */
const newTenant = (): string => `t-${randomUUID().slice(0, 12)}`;
let ledger: Ledger;
let database: Database;

beforeAll(async () => {
  const connectionString = process.env["DATABASE_URL"] ?? "";
  ledger = openLedger({ connectionString });
  database = openDatabase({ connectionString });
  await ledger.migrate();
});
afterAll(async () => Promise.all([ledger.close(), database.close()]));

const DAY = 86_400_000;
const SUBJECT = { key: "sbj_1", withinMs: 30 * DAY };
const NOTHING = { conversationHasDeal: false, sameSubject: [], undecidedForMs: null, campaignMessages: [] };

/** The n-th email of a tenant, alone in its conversation. */
function question(tenant: string, n: number, change: Partial<RelatedDealsQuestion> = {}): RelatedDealsQuestion {
  const ids = { emailKey: `eml_${n}`, eventId: `evt_${n}`, conversationId: `cnv_${n}` };
  return {
    tenant,
    crm: "hubspot",
    ...ids,
    pass: 0,
    receivedAt: 100 * DAY,
    subject: SUBJECT,
    campaign: null,
    ...change,
  };
}

/** The sink takes it. */
async function admit({ tenant, emailKey, eventId, conversationId, pass }: RelatedDealsQuestion): Promise<void> {
  await ledger.deliveries.admit({
    tenant,
    emailKey,
    eventId,
    conversationId,
    pass,
    lane: tenant,
    messageId: null,
    traceId: null,
    source: "hook",
    sourceKind: "signed-json",
    sourceDeliveryId: null,
    sourceEventId: null,
    contentHash: "hash",
    mappingVersion: "m1",
    topic: "normalized",
    partition: 0,
    offset: 1n,
    parsedAt: 2_000,
    receivedAt: 1_000,
    now: 2_000,
  });
}

/** It ends: written with this deal, or without one; or it waits. */
async function end(asked: RelatedDealsQuestion, to: { dealId: string | null } | { delayMs: number }): Promise<void> {
  const { tenant, eventId, conversationId: key, pass } = asked;
  const dealId = "dealId" in to ? to.dealId : null;
  if (dealId !== null) {
    const claim = { tenant, crm: asked.crm, effect: "deal", key, owner: "me", eventId, leaseMs: 60_000, settleMs: 0 };
    expect(await ledger.effects.claim([claim])).toMatchObject([{ state: "won" }]);
  }
  const confirmed = { state: "confirmed", recordId: dealId, created: true, desired: {} } as const;
  await ledger.deliveries.finish({
    tenant,
    eventId,
    pass,
    service: "crm-sink",
    stage: "deliver",
    parsedAt: 2_000,
    attempt: 0,
    effects: dealId === null ? [] : [{ crm: asked.crm, effect: "deal", key, owner: "me", result: confirmed }],
    to:
      "delayMs" in to
        ? {
            state: "waiting",
            kind: "retry",
            code: "test",
            lane: tenant,
            conversationId: key,
            ...to,
            record: {
              topic: "t",
              partition: 0,
              offset: 1n,
              timestamp: 1,
              key: null,
              value: Buffer.alloc(0),
              headers: [],
            },
          }
        : {
            state: "written",
            reason: null,
            detail: null,
            duplicateOf: null,
            warnings: [],
            evidence: {},
            summary: [],
            contentHash: "hash",
            mappingVersion: "m1",
            deadLetter: null,
            endedAt: 3_000,
            outbox: { topic: "outcomes", key: eventId, value: Buffer.alloc(0), headers: [] },
          },
  });
}

/** The n-th email was delivered before, with this deal. */
async function delivered(asked: RelatedDealsQuestion, dealId: string | null): Promise<void> {
  await admit(asked);
  await ledger.conversations.relatedDeals(asked);
  await end(asked, { dealId });
}

describe("emails of one subject", () => {
  it("a later one finds the deal of an earlier, now and in a replay; the earlier one finds nothing", async () => {
    const tenant = newTenant();
    const [first, second] = [question(tenant, 1), question(tenant, 2)];
    await delivered(first, "11");
    const found = { ...NOTHING, sameSubject: [{ eventId: "evt_1", dealId: "11" }] };
    expect(await ledger.conversations.relatedDeals(second)).toEqual(found);
    await delivered(question(tenant, 3), "33");
    expect(await ledger.conversations.relatedDeals(second)).toEqual(found);
    expect(await ledger.conversations.relatedDeals(first)).toEqual({ ...NOTHING, conversationHasDeal: true });
  });

  it("each deal is told once, with its newest email", async () => {
    const tenant = newTenant();
    await delivered(question(tenant, 1), "11");
    await delivered(question(tenant, 2), "22");
    await delivered(question(tenant, 3), "11");
    const { sameSubject } = await ledger.conversations.relatedDeals(question(tenant, 4));
    expect(sameSubject.map(({ eventId, dealId }) => `${eventId} ${dealId}`)).toEqual(["evt_3 11", "evt_2 22"]);
  });

  it.each<[what: string, change: Partial<RelatedDealsQuestion>]>([
    ["another subject", { subject: { ...SUBJECT, key: "sbj_2" } }],
    ["another CRM", { crm: "odoo" }],
    ["a day too late", { receivedAt: 131 * DAY }],
    ["a day too early", { receivedAt: 69 * DAY }],
    ["not matched by subject", { subject: null }],
    ["another tenant", { tenant: newTenant() }],
  ])("%s: no deal is found", async (_what, change) => {
    const tenant = newTenant();
    await delivered(question(tenant, 1), "11");
    expect(await ledger.conversations.relatedDeals(question(tenant, 2, change))).toEqual(NOTHING);
  });

  it("at the edges of the time the deal is found", async () => {
    const tenant = newTenant();
    await delivered(question(tenant, 1), "11");
    for (const [n, day] of [70, 130].entries()) {
      const { sameSubject } = await ledger.conversations.relatedDeals(
        question(tenant, n + 2, { receivedAt: day * DAY }),
      );
      expect(sameSubject).toHaveLength(1);
    }
  });

  it("of the email's own conversation it is told that it has a deal, and no candidate", async () => {
    const tenant = newTenant();
    const first = question(tenant, 1);
    await delivered(first, "11");
    const reply = question(tenant, 2, { conversationId: first.conversationId });
    expect(await ledger.conversations.relatedDeals(reply)).toEqual({ ...NOTHING, conversationHasDeal: true });
  });

  it("the deal is that of the joined conversation", async () => {
    const tenant = newTenant();
    const ask = { tenant, messageId: null, related: ["r@x"], roots: [] };
    const canonical = await ledger.conversations.canonical({ ...ask, conversationId: "cnv_1" });
    await ledger.conversations.relatedDeals(question(tenant, 1));
    await ledger.conversations.canonical({ ...ask, conversationId: "cnv_0" });
    expect(canonical).toBe("cnv_1");
    await delivered(question(tenant, 9, { conversationId: "cnv_0", subject: null }), "11");
    expect((await ledger.conversations.relatedDeals(question(tenant, 2))).sameSubject).toEqual([
      { eventId: "evt_1", dealId: "11" },
    ]);
  });

  it("an email that failed and is sent again sees what came after it", async () => {
    const tenant = newTenant();
    const failed = question(tenant, 1);
    await ledger.conversations.relatedDeals(failed);
    await delivered(question(tenant, 2), "22");
    expect((await ledger.conversations.relatedDeals(failed)).sameSubject).toEqual([]);
    const again = { ...failed, pass: 1 };
    for (const _ of [1, 2]) {
      expect((await ledger.conversations.relatedDeals(again)).sameSubject).toEqual([
        { eventId: "evt_2", dealId: "22" },
      ]);
    }
  });
});

describe("while an earlier email of the subject has not ended", () => {
  it("it is undecided: being delivered, then waiting until its time, then no more", async () => {
    const tenant = newTenant();
    const [first, second] = [question(tenant, 1), question(tenant, 2)];
    await admit(first);
    expect((await ledger.conversations.relatedDeals(first)).undecidedForMs).toBeNull();
    expect((await ledger.conversations.relatedDeals(second)).undecidedForMs).toBe(500);
    await end(first, { delayMs: 60_000 });
    expect((await ledger.conversations.relatedDeals(second)).undecidedForMs).toBeGreaterThan(500);
    await end(first, { dealId: null });
    expect(await ledger.conversations.relatedDeals(second)).toEqual(NOTHING);
  });

  it("one that waits behind another of its conversation holds no one up: it may wait for the email that asks", async () => {
    const tenant = newTenant();
    const [head, behind] = [question(tenant, 1, { subject: null }), question(tenant, 2, { conversationId: "cnv_1" })];
    await ledger.conversations.relatedDeals(behind);
    for (const each of [head, behind]) {
      await admit(each);
      await end(each, { delayMs: 60_000 });
    }
    expect((await ledger.conversations.relatedDeals(question(tenant, 3))).undecidedForMs).toBeNull();
  });

  it("of two that ask at once the second sees the first, even one whose place is not committed yet", async () => {
    const tenant = newTenant();
    const [first, second] = [question(tenant, 1), question(tenant, 2)];
    await admit(first);
    const answer = await database.transaction(async (query) => {
      await query("select place_subject($1, $2, $3, $4, $5, $6, 0)", [
        tenant,
        first.emailKey,
        first.eventId,
        SUBJECT.key,
        first.conversationId,
        first.receivedAt,
      ]);
      const asking = ledger.conversations.relatedDeals(second);
      let answered = false;
      void asking.then(() => (answered = true));
      const waits = `select 1 from pg_locks where locktype = 'advisory' and not granted
                        and ((classid::bigint << 32) | objid::bigint) = hashtextextended($1, 8)`;
      while (!answered && (await database.query(waits, [tenant])).length === 0);
      return { asking };
    });
    expect((await answer.asking).undecidedForMs).toBe(500);
  });
});

describe("messages of a campaign", () => {
  const sent = (tenant: string, n: number, change: Partial<SentMessage> = {}): SentMessage => ({
    tenant,
    messageId: `m${n}@x`,
    contactEmail: "ada@example.com",
    dealId: `${n}`,
    campaign: "2026-Q2",
    sentAt: n * DAY,
    receivedAt: 2_000,
    ...change,
  });
  const asks = (tenant: string): RelatedDealsQuestion =>
    question(tenant, 1, { campaign: { contact: "ada@example.com", names: ["2026-q2", "other"] } });

  it("are found by contact and campaign, whatever its capitals, each deal once, the newest first", async () => {
    const tenant = newTenant();
    const again = sent(tenant, 3, { dealId: "1" });
    await ledger.conversations.registerSent([sent(tenant, 1), sent(tenant, 2), again]);
    expect((await ledger.conversations.relatedDeals(asks(tenant))).campaignMessages).toEqual([
      { messageId: "m3@x", campaign: "2026-Q2", dealId: "1" },
      { messageId: "m2@x", campaign: "2026-Q2", dealId: "2" },
    ]);
  });

  it.each<[what: string, change: Partial<SentMessage>]>([
    ["to somebody else", { contactEmail: "bob@example.com" }],
    ["of another campaign", { campaign: "2026-q3" }],
    ["of no campaign", { campaign: null }],
    ["without a deal", { dealId: null }],
    ["after the email came", { sentAt: 101 * DAY }],
    ["of another tenant", { tenant: newTenant() }],
  ])("one %s is not found", async (_what, change) => {
    const tenant = newTenant();
    await ledger.conversations.registerSent([sent(tenant, 1, change)]);
    expect(await ledger.conversations.relatedDeals(asks(tenant))).toEqual(NOTHING);
  });
});
