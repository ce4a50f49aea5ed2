import { describe, expect, it } from "vitest";
import { getCrmKind } from "./registry.ts";

const HUBSPOT = { baseUrl: "https://api.hubapi.com" };
const ODOO = { baseUrl: "https://acme.odoo.example/" };
const PORTAL = "portal 62515";

describe("the address of a record's page in its CRM", () => {
  it.each([
    ["hubspot", HUBSPOT, PORTAL, "contact", "501", "https://app.hubspot.com/contacts/62515/record/0-1/501"],
    ["hubspot", HUBSPOT, PORTAL, "deal", "77", "https://app.hubspot.com/contacts/62515/record/0-3/77"],
    ["hubspot", HUBSPOT, PORTAL, "activity", "9", null],
    ["hubspot", HUBSPOT, "api.hubapi.com", "deal", "77", null],
    ["hubspot", HUBSPOT, PORTAL, "deal", "77/../../settings", null],
    ["hubspot", { baseUrl: "http://127.0.0.1:8084" }, PORTAL, "deal", "77", null],
    [
      "odoo",
      ODOO,
      "acme.odoo.example",
      "contact",
      "12",
      "https://acme.odoo.example/mail/view?model=res.partner&res_id=12",
    ],
    ["odoo", ODOO, "acme.odoo.example", "deal", "3", "https://acme.odoo.example/mail/view?model=crm.lead&res_id=3"],
    ["odoo", ODOO, "acme.odoo.example", "activity", "44", "https://acme.odoo.example/mail/message/44"],
    ["odoo", ODOO, "acme.odoo.example", "file", "5", null],
    ["odoo", ODOO, "acme.odoo.example", "deal", "javascript:alert(1)", null],
    ["http", { baseUrl: "https://crm.example" }, "crm.example", "deal", "3", null],
  ] as const)("%s %j, %s: %s %s", (kind, file, account, effect, recordId, url) => {
    const link = getCrmKind(kind).recordLink?.(file.baseUrl, { account, effect, recordId }) ?? null;
    expect(link).toBe(url);
  });
});
