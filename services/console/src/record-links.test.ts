import type { WrittenTenantFiles } from "@inlet/config";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRecordLinks, type RecordLinks } from "./record-links.ts";

let links: RecordLinks;
let close: () => Promise<void>;

beforeAll(async () => {
  const database = await openMemoryDatabase();
  const ledger = ledgerOn(database);
  close = async () => ledger.close();
  await database.query(
    "insert into crm_accounts (tenant, kind, account, crm, current) values ('acme', 'hubspot', 'portal 7', 'hubspot', true), ('acme', 'odoo', 'old.example', 'odoo', true)",
  );
  await database.query(
    `insert into effects (tenant, crm, effect, key, state, record_id, event_id)
     values ('acme', 'hubspot', 'deal', 'cnv_1', 'confirmed', '42', 'evt_1'), ('acme', 'odoo', 'contact', 'a', 'confirmed', '9', 'evt_1')`,
  );
  const crm = { kind: "hubspot", baseUrl: "env:ACME_CRM" };
  const files: WrittenTenantFiles = { get: async (tenant) => (tenant === "acme" ? ({ crm } as never) : null) };
  const resolve = (name: string): string | null => (name === "ACME_CRM" ? "https://api.hubapi.com" : null);
  links = createRecordLinks({ inspect: ledger.inspect, files, resolve });
});
afterAll(async () => close());

test("records of the tenant's CRM have their page; those of an earlier CRM, without an account or a file have none", async () => {
  const effects = [
    { effect: "deal", key: "cnv_1", recordId: "42" },
    { effect: "contact", key: "a", recordId: "9" },
    { effect: "deal", key: "cnv_unknown", recordId: "43" },
    { effect: "activity", key: "evt_1", recordId: null },
  ];
  expect([...(await links.find("acme", effects))]).toEqual([
    ["deal cnv_1", "https://app.hubspot.com/contacts/7/record/0-3/42"],
  ]);
  expect((await links.find("globex", effects)).size).toBe(0);
});
