import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "./database.ts";
import { openLedger, type Ledger } from "./ledger.ts";
import type { EffectEnd, AttemptResult } from "./deliveries/ending.ts";
import { age } from "../testing/age.ts";
import { incoming, candidate, outage, parsed, record, waits, written } from "../testing/samples.ts";

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

describe("a delivery's states", () => {
  it("goes accepted, parsed, delivering, written, and its outcome stands in the outbox", async () => {
    const tenant = newTenant();
    const [arrived] = await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000);
    expect(arrived).toMatchObject({ state: "accepted", starts: 1, pass: 0 });
    await ledger.deliveries.markParsed([parsed(tenant, "evt_1")]);
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("parsed");
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000))).toMatchObject({
      verdict: "deliver",
      pass: 0,
      attempt: 0,
      starts: 1,
    });
    await ledger.deliveries.finish(written(tenant, "evt_1", 2000));
    expect(await ledger.inspect.delivery(tenant, "evt_1")).toMatchObject({
      state: "written",
      contentHash: "hash",
      endedAt: 3000,
    });
    const published: string[] = [];
    while ((await ledger.outbox.publish(async (record) => published.push(record.key))) > 0);
    expect(published).toContain(`${tenant}/evt_1`);
    expect(await ledger.inspect.journey(tenant, "evt_1")).toMatchObject([{ what: "written", service: "crm-sink" }]);
  });

  it("counts starts of what never ends, once for twins in a batch", async () => {
    const tenant = newTenant();
    for (const expected of [1, 2, 3]) {
      const [one, twin] = await ledger.deliveries.accept([incoming(tenant, "evt_1"), incoming(tenant, "evt_1")], 1000);
      expect([one?.starts, twin?.starts]).toEqual([expected, expected]);
    }
    await ledger.deliveries.markParsed([parsed(tenant, "evt_1")]);
    expect((await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000))[0]?.starts).toBe(1);
  });

  it.each([
    ["the same record again, written before", 2000, "hash", "m1", "already_ended"],
    ["a newer parse with the same content", 9000, "hash", "m1", "already_ended"],
    ["a newer parse with other content", 9000, "other", "m1", "deliver"],
    ["the same content under another mapping", 2000, "hash", "m2", "deliver"],
    ["an older parse with other content", 1000, "other", "m1", "stale"],
  ])("meeting written: %s", async (_what, parsedAt, contentHash, mappingVersion, verdict) => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(written(tenant, "evt_1", 2000));
    expect(
      (await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", parsedAt), contentHash, mappingVersion })).verdict,
    ).toBe(verdict);
  });

  it("meeting waiting: newer bytes take the place of the older, the same or older are passed over", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(waits(tenant, "evt_1", 2000, { value: Buffer.from("old"), delayMs: 0 }));
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 1000))).toEqual({
      verdict: "waiting",
      newer: false,
    });
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000))).toEqual({
      verdict: "waiting",
      newer: false,
    });
    expect(await ledger.deliveries.admit(candidate(tenant, "evt_1", 3000))).toEqual({
      verdict: "waiting",
      newer: true,
    });
    await ledger.waiting.replace({ tenant, eventId: "evt_1", parsedAt: 3000, pass: 0 }, record(Buffer.from("new")));
    const [taken] = await take(tenant);
    expect(taken).toMatchObject({ eventId: "evt_1", parsedAt: 3000 });
    expect(taken?.record.value?.toString()).toBe("new");
  });

  it("meeting dead_lettered: a record of the next pass opens it, its own record read again has ended (L10)", async () => {
    const tenant = newTenant();
    await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000);
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 0),
      stage: "parse",
      to: {
        ...written(tenant, "evt_1", 0).to,
        state: "dead_lettered",
        reason: "unreadable_mime",
      } as AttemptResult["to"],
    });
    expect((await ledger.inspect.deadLetters({ tenant, limit: 10 }))[0]).toMatchObject({
      eventId: "evt_1",
      reason: "unreadable_mime",
    });
    const replayed = { ...incoming(tenant, "evt_1"), pass: 1, offset: 9n };
    expect((await ledger.deliveries.accept([replayed], 1000))[0]).toMatchObject({ state: "accepted", pass: 1 });
    await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 1 });
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 2000, 1),
      to: { ...written(tenant, "evt_1", 0).to, state: "dead_lettered", reason: "crm_rejected" } as AttemptResult["to"],
    });
    // As often as its partition pauses; so has a twin, which the parser produced a second time.
    for (const offset of [5n, 9n])
      expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 1, offset })).toEqual({
        verdict: "already_ended",
      });
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("dead_lettered");
    expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 2 })).toMatchObject({
      verdict: "deliver",
      pass: 2,
      attempt: 0,
      starts: 1,
    });
  });

  it("a record that opened the next pass and is delivered again after a crash is not stale", async () => {
    const tenant = newTenant();
    const dead = {
      ...written(tenant, "evt_1", 2000).to,
      state: "dead_lettered",
      reason: "crm_rejected",
    } as AttemptResult["to"];
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish({ ...written(tenant, "evt_1", 2000), to: dead });
    const opened = { verdict: "deliver", pass: 1, attempt: 0, starts: 1 };
    expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 1 })).toMatchObject(opened);
    expect(await ledger.deliveries.admit({ ...candidate(tenant, "evt_1", 2000), pass: 1 })).toMatchObject({
      ...opened,
      starts: 2,
    });
  });

  it("a parse that fails on a replay does not touch what is written", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(written(tenant, "evt_1", 2000));
    await ledger.deliveries.accept([incoming(tenant, "evt_1")], 1000);
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 0),
      stage: "parse",
      to: { ...written(tenant, "evt_1", 0).to, state: "dead_lettered", reason: "blob_missing" } as AttemptResult["to"],
    });
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("written");
  });

  it("a waiting row of the slower twin never hides the faster one's write", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(written(tenant, "evt_1", 2000));
    await ledger.deliveries.finish(waits(tenant, "evt_1", 2000, { value: Buffer.from("x"), delayMs: 0 }));
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.state).toBe("written");
    expect(await take(tenant)).toEqual([]);
  });

  it("what a sink took and no one works on any more is given out again, once, and its record counts again", async () => {
    const tenant = newTenant();
    const lanes = [`lane-${tenant}`];
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    expect(await ledger.deliveries.takeStalled(lanes, 60_000)).toEqual([]);
    expect(await ledger.deliveries.takeStalled(lanes, 0)).toEqual([
      { tenant, eventId: "evt_1", at: { topic: "raw", partition: 0, offset: 5 } },
    ]);
    expect(await ledger.deliveries.takeStalled(lanes, 60_000)).toEqual([]);
    expect((await ledger.deliveries.admit(candidate(tenant, "evt_1", 1000))).verdict).toBe("deliver");
  });

  it("keeps mail that Postgres would refuse: NUL, lone surrogates", async () => {
    const tenant = newTenant();
    await ledger.deliveries.accept([{ ...incoming(tenant, "evt_1"), sourceEventId: "a\0b\uD800" }], 1000);
    expect((await ledger.inspect.delivery(tenant, "evt_1"))?.source.eventId).toBe("ab\uFFFD");
  });
});

describe("claims", () => {
  const key = { crm: "hubspot", effect: "contact", key: "a@example.com" } as const;

  it("of twenty at once exactly one wins", async () => {
    const tenant = newTenant();
    const results = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => ledger.effects.claim([buildClaim(tenant, `o${i}`)])),
    );
    expect(results.flat().filter((result) => result.state === "won")).toHaveLength(1);
    expect(results.flat().filter((result) => result.state === "busy")).toHaveLength(19);
  });

  it("a confirmed effect answers its record to every later claim", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.effects.claim([buildClaim(tenant, "one")]);
    await ledger.deliveries.finish({
      ...written(tenant, "evt_1", 2000),
      effects: [{ ...key, owner: "one", result: confirmed("c-7") }],
    });
    expect(await ledger.effects.claim([buildClaim(tenant, "two")])).toMatchObject([
      { state: "confirmed", recordId: "c-7", desired: { name: "x" } },
    ]);
  });

  it("an expired lease is won with the order to settle, never before the settling time", async () => {
    const tenant = newTenant();
    await ledger.effects.claim([{ ...buildClaim(tenant, "dead"), leaseMs: 0, settleMs: 60_000 }]);
    expect(await ledger.effects.claim([buildClaim(tenant, "next")])).toMatchObject([{ state: "busy" }]);
    await age(database, 60_000);
    expect(await ledger.effects.claim([buildClaim(tenant, "next")])).toMatchObject([{ state: "won", settle: true }]);
    expect(await ledger.effects.claim([buildClaim(tenant, "third")])).toMatchObject([{ state: "busy" }]);
  });

  it("giving back a claim frees it, but an open question stays open", async () => {
    const tenant = newTenant();
    await ledger.effects.claim([buildClaim(tenant, "one")]);
    await ledger.effects.release([{ ...buildClaim(tenant, "one"), settle: false }]);
    expect(await ledger.effects.claim([buildClaim(tenant, "two")])).toMatchObject([{ state: "won", settle: false }]);
    await ledger.effects.release([{ ...buildClaim(tenant, "two"), settle: true }]);
    expect(await ledger.effects.claim([buildClaim(tenant, "three")])).toMatchObject([{ state: "won", settle: true }]);
  });

  it("an unknown result keeps its settling time through the try's end", async () => {
    const tenant = newTenant();
    await ledger.deliveries.admit(candidate(tenant, "evt_1", 2000));
    await ledger.effects.claim([{ ...buildClaim(tenant, "one"), leaseMs: 20_000, settleMs: 30_000 }]);
    await ledger.deliveries.finish({
      ...waits(tenant, "evt_1", 2000, { value: Buffer.from("x"), delayMs: 50_000 }),
      effects: [{ ...key, owner: "one", result: { state: "unknown" } }],
    });
    expect((await ledger.effects.claim([buildClaim(tenant, "two")]))[0]?.state).toBe("busy");
    await age(database, 50_000);
    expect(await ledger.effects.claim([buildClaim(tenant, "two")])).toMatchObject([{ state: "won", settle: true }]);
  });

  function buildClaim(tenant: string, owner: string) {
    return { ...key, tenant, owner, eventId: "evt_1", leaseMs: 60_000, settleMs: 0 };
  }
  function confirmed(recordId: string): EffectEnd["result"] {
    return { state: "confirmed", recordId, created: true, desired: { name: "x" } };
  }
});

describe("waiting mail", () => {
  it("is taken once by one of several instances, and again when its lease ran out", async () => {
    const tenant = newTenant();
    await wait(tenant, "evt_1", { delayMs: 0 });
    const taken = await Promise.all([take(tenant), take(tenant), take(tenant)]);
    expect(taken.flat()).toHaveLength(1);
    expect(await take(tenant)).toEqual([]);
  });

  it("is not taken before it is due", async () => {
    const tenant = newTenant();
    await wait(tenant, "evt_1", { delayMs: 60_000 });
    expect(await take(tenant)).toEqual([]);
  });

  it("leaves a conversation head first", async () => {
    const tenant = newTenant();
    await wait(tenant, "evt_1", { delayMs: 60_000, conversationId: "cnv_1" });
    await wait(tenant, "evt_2", { delayMs: 0, conversationId: "cnv_1" });
    await wait(tenant, "evt_3", { delayMs: 0, conversationId: "cnv_2" });
    expect((await take(tenant)).map((each) => each.eventId)).toEqual(["evt_3"]);
    expect(
      await ledger.waiting.conversationWaits({ tenant, conversationId: "cnv_1", eventId: "evt_9", lane: "shared" }),
    ).toBe(true);
    expect(
      await ledger.waiting.conversationWaits({ tenant, conversationId: "cnv_9", eventId: "evt_9", lane: "shared" }),
    ).toBe(false);
  });

  it("of a tenant with an open circuit nothing goes, and all is due once a ping closed it", async () => {
    const tenant = newTenant();
    for (const eventId of ["evt_1", "evt_2", "evt_3"])
      await wait(tenant, eventId, { delayMs: eventId === "evt_3" ? 60_000 : 0 });
    for (const event of ["evt_1", "evt_2", "evt_3"])
      await ledger.circuits.recordOutage(tenant, "hubspot", outage(event), () => 30_000);
    expect(await take(tenant)).toEqual([]);
    await age(database, 30_000);
    expect(await take(tenant)).toEqual([]);
    const probe = { tenant, crm: "hubspot" };
    // Of two instances one gets it.
    expect(
      (await Promise.all([ledger.circuits.takeProbes([probe]), ledger.circuits.takeProbes([probe])])).flat(),
    ).toEqual([probe]);
    expect(await ledger.circuits.recordSuccess(tenant, "hubspot", true)).toBe(true);
    expect((await take(tenant)).map((each) => each.eventId).toSorted()).toEqual(["evt_1", "evt_2", "evt_3"]);
  });

  async function wait(
    tenant: string,
    eventId: string,
    options: { delayMs: number; conversationId?: string },
  ): Promise<void> {
    await ledger.deliveries.admit(candidate(tenant, eventId, 2000));
    await ledger.deliveries.finish(waits(tenant, eventId, 2000, { value: Buffer.from(eventId), ...options }));
  }
});

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

async function take(tenant: string) {
  const all = await ledger.waiting.take({
    stage: "deliver",
    lanes: [`lane-${tenant}`],
    owner: "i",
    leaseMs: 60_000,
    perTenant: 10,
    limit: 100,
  });
  return all.filter((each) => each.tenant === tenant);
}
