import assert from "node:assert/strict";
import { expectOk, PATIENT_MS, plainId, soon, type ConformanceCase } from "./subject.ts";
import { lookUp, prepareWrite } from "./writes.ts";

const RECORDS = ["contact", "company", "deal", "activity", "file", "task"] as const;

/** Longer than any case lasts, ms. */
const BEYOND_MS = 60_000;

/** Indexes of a CRM that are behind its tables: they may hide a record for a while, and never make it a second one. */
export const LAG_CASES: readonly ConformanceCase[] = [
  {
    name: "searches lag: what was just written is one record all the same",
    run: async ({ crm, lag, count }) => {
      await lag?.("searches", BEYOND_MS);
      try {
        for (const record of RECORDS) {
          const write = await prepareWrite(crm, record);
          const { recordId } = expectOk(await write.send());
          assert.equal(expectOk(await write.send()).recordId, recordId, record);
          assert.equal(await count(record, write.key, write.sought.filename), 1, record);
        }
        const domain = `${plainId()}.example`;
        const made = expectOk(await crm.records.company.write({ domain, name: domain }, soon()));
        const found = expectOk(await crm.records.company.find(domain, soon()));
        assert.ok(found === null || found.recordId === made.recordId);
      } finally {
        await lag?.("searches", 0);
      }
    },
  },
  ...RECORDS.map((record): ConformanceCase => ({
    name: `${record}: lists lag beyond the settle time: an unknown write is found, or in doubt, and never taken for not written`,
    run: async ({ crm, lag, inject, landed, count }) => {
      if (crm.records[record].settle.how !== "consistent-lookup") return;
      const write = await prepareWrite(crm, record);
      await lag?.("lists", BEYOND_MS);
      try {
        await inject(record, "drop-after-write");
        const failed = await write.send(PATIENT_MS);
        assert.ok(!failed.ok && failed.fault.unknown);
        await landed();
        const found = await lookUp(crm, record, write);
        // In doubt the sink asks again, and ends `outcome_unknown`; it writes no second one.
        if (found.ok) assert.notEqual(found.value, null);
        else assert.deepEqual([found.fault.kind, found.fault.unknown], ["record-passing", true], found.fault.code);
        assert.equal(await count(record, write.key, write.sought.filename), 1);
      } finally {
        await lag?.("lists", 0);
      }
    },
  })),
];
