import { expect, it } from "vitest";
import { openMemoryDatabase } from "../testing/memory-database.ts";
import { candidate } from "../testing/samples.ts";
import { ledgerOn } from "./ledger.ts";
import { withoutWriting } from "./without-writing.ts";

it("a ledger that keeps nothing answers as the real one, again and again", async () => {
  const database = await openMemoryDatabase();
  const dry = ledgerOn(withoutWriting(database));
  const asked = candidate("acme", "evt_1", 2_000);
  const claim = {
    tenant: "acme",
    crm: "hubspot",
    effect: "deal",
    key: "cnv_1",
    owner: "me",
    eventId: "evt_1",
    leaseMs: 1_000,
    settleMs: 0,
  };
  for (let again = 0; again < 2; again += 1) {
    expect(await dry.deliveries.admit(asked)).toMatchObject({ verdict: "deliver", starts: 1 });
    expect(await dry.effects.claim([claim])).toMatchObject([{ state: "won", settle: false }]);
    expect(await dry.effects.crmAccount({ tenant: "acme", kind: "hubspot", account: "1" })).toMatchObject({
      state: "ours",
    });
  }
  for (const table of ["deliveries", "effects", "crm_accounts"])
    expect(await database.query(`select count(*) as rows from ${table}`, [])).toEqual([{ rows: 0 }]);
  await dry.close();
}, 60_000);
