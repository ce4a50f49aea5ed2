import { z } from "zod";
import { tenantId, why } from "../fields.ts";
import { defineOperation } from "../operation.ts";
import { requireTenant } from "./require-tenant.ts";

export const holdTenant = defineOperation({
  name: "tenant.hold",
  path: "/tenants/:tenant/hold",
  summary: "Hold a tenant's mail back from its CRM: it is accepted and parsed, then it waits.",
  role: "process",
  input: z.object({ tenant: tenantId, why }),
  result: z.object({ tenant: z.string(), changed: z.boolean().describe("false: it was held back already") }),
  tenant: ({ tenant }) => tenant,
  run: async (deps, { tenant, why: reason }, { name: actor }) => {
    requireTenant(deps, tenant);
    return { tenant, changed: await deps.ledger.circuits.hold(tenant, { why: reason ?? null, actor }) };
  },
});

export const letTenantGo = defineOperation({
  name: "tenant.let-go",
  path: "/tenants/:tenant/let-go",
  summary: "Let a tenant's held mail go: it is written oldest first, at the tenant's rate.",
  role: "process",
  input: z.object({ tenant: tenantId }),
  result: z.object({
    tenant: z.string(),
    changed: z.boolean().describe("false: it was not held back"),
    released: z.number().describe("emails that waited for it"),
  }),
  tenant: ({ tenant }) => tenant,
  // Also for a tenant whose file is gone: its mail would be held for ever.
  run: async ({ ledger }, { tenant }, { name: actor }) => {
    const released = await ledger.circuits.endHold(tenant, actor);
    return { tenant, changed: released !== null, released: released ?? 0 };
  },
});
