import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../database.ts";
import { ledgerOn, type Ledger } from "../ledger.ts";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import { candidate, written } from "../../testing/samples.ts";

let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
});
afterAll(async () => ledger.close());

/** L18: a write of which only a person can say whether it landed. */
describe("an effect settled by hand", () => {
  const contact = { crm: "http", effect: "contact", key: "a@example.com" };

  it("has the id of the record that the operator found, so that the next email uses it", async () => {
    const tenant = "t-assumed";
    await deadLetter(tenant, "evt_1");
    expect(await ledger.effects.listUnknown(tenant, "evt_1")).toEqual([{ ...contact, busyMs: 0 }]);
    expect(await ledger.effects.settleByHand(by(tenant, "evt_1"), [{ ...contact, recordId: "c-7" }])).toBe(true);
    expect(await ledger.effects.listUnknown(tenant, "evt_1")).toEqual([]);
    expect(await claim(tenant, "evt_2")).toMatchObject([{ state: "confirmed", recordId: "c-7" }]);
  });

  it("is written anew where the operator found none", async () => {
    const tenant = "t-written";
    await deadLetter(tenant, "evt_1");
    expect(await ledger.effects.settleByHand(by(tenant, "evt_1"), [{ ...contact, recordId: null }])).toBe(true);
    expect(await claim(tenant, "evt_1")).toMatchObject([{ state: "won", settle: false }]);
  });

  it("is found though a later email of the sender took its claim over", async () => {
    const tenant = "t-taken-over";
    await deadLetter(tenant, "evt_1");
    await deadLetter(tenant, "evt_2");
    expect(await ledger.effects.listUnknown(tenant, "evt_1")).toEqual([{ ...contact, busyMs: 0 }]);
    expect(await ledger.effects.settleByHand(by(tenant, "evt_1"), [{ ...contact, recordId: "c-7" }])).toBe(true);
    expect(await ledger.effects.listUnknown(tenant, "evt_2")).toEqual([]);
  });

  it("is not settled a second time, nor while a try has it; and then nothing is, and nothing stands in the audit", async () => {
    const tenant = "t-twice";
    await deadLetter(tenant, "evt_1");
    await ledger.effects.settleByHand(by(tenant, "evt_1"), [{ ...contact, recordId: "c-7" }]);
    expect(await ledger.effects.settleByHand(by(tenant, "evt_1"), [{ ...contact, recordId: "c-8" }])).toBe(false);
    expect(await claim(tenant, "evt_2")).toMatchObject([{ recordId: "c-7" }]);

    const busy = "t-busy";
    await deadLetter(busy, "evt_1");
    await claim(busy, "evt_2", 60_000);
    expect(await ledger.effects.listUnknown(busy, "evt_1")).toMatchObject([
      { key: contact.key, busyMs: expect.any(Number) },
    ]);
    expect(await ledger.effects.settleByHand(by(busy, "evt_1"), [{ ...contact, recordId: null }])).toBe(false);
    const audits = await database.query(
      "select actor, action, detail from audit where detail ->> 'tenant' = any ($1)",
      [[tenant, busy]],
    );
    expect(audits).toEqual([
      {
        actor: "ann",
        action: "effects settled",
        detail: { tenant, eventId: "evt_1", settlements: [{ ...contact, recordId: "c-7" }] },
      },
    ]);
  });

  const by = (tenant: string, eventId: string) => ({ tenant, eventId, actor: "ann" });

  async function claim(tenant: string, eventId: string, leaseMs = 0) {
    return ledger.effects.claim([{ ...contact, tenant, eventId, owner: eventId, leaseMs, settleMs: 0 }]);
  }

  /** An email that made a call of which no one knows what became. */
  async function deadLetter(tenant: string, eventId: string): Promise<void> {
    await ledger.deliveries.admit(candidate(tenant, eventId, 2_000));
    await claim(tenant, eventId);
    const end = written(tenant, eventId, 2_000);
    if (end.to.state === "waiting") throw new Error("a sample that does not end");
    await ledger.deliveries.finish({
      ...end,
      effects: [{ ...contact, owner: eventId, result: { state: "released", settle: true } }],
      to: { ...end.to, state: "dead_lettered", reason: "outcome_unknown", evidence: { unknown: [contact] } },
    });
  }
});
