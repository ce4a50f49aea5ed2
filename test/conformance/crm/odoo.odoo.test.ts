import { CRM_CONFORMANCE, CRM_CHANGE_CONFORMANCE, CRM_MATCHING_CONFORMANCE } from "@inlet/crm/conformance";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { odooServer } from "./odoo-server.ts";
import { odooSubject } from "./odoo-subject.ts";
import type { OdooSubject } from "./odoo-subject.ts";

let subject: OdooSubject;
beforeAll(async () => {
  subject = await odooSubject(odooServer());
});
afterAll(async () => subject?.close());

describe("Odoo adapter against a real Odoo", () => {
  test.each([...CRM_CONFORMANCE, ...CRM_MATCHING_CONFORMANCE, ...CRM_CHANGE_CONFORMANCE])(
    "$name",
    async (conformanceCase) => {
      await conformanceCase.run(subject);
      expect(JSON.stringify(subject.logged)).not.toContain("@");
    },
  );
});
