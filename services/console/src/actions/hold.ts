import { z } from "zod";
import { defineAction } from "../screen.ts";
import { optional, tenantId } from "../screens/fields.ts";

export const hold = defineAction({
  name: "tenant.hold",
  path: "/tenants/:tenant/hold",
  summary: "Hold a tenant's mail back from its CRM: it is accepted and parsed, then it waits.",
  role: "process",
  input: z.object({ tenant: tenantId, why: optional(z.string().max(500)) }),
  tenant: ({ tenant }) => tenant,
  act: async ({ ledger }, { tenant, why }, { actor }) => {
    const changed = await ledger.circuits.hold(tenant, { why: why ?? null, actor });
    return { result: { tenant, changed }, next: "/tenants" };
  },
});

export const letGo = defineAction({
  name: "tenant.let-go",
  path: "/tenants/:tenant/let-go",
  summary: "Let a tenant's held mail go: it is written oldest first, at the tenant's rate.",
  role: "process",
  input: z.object({ tenant: tenantId }),
  tenant: ({ tenant }) => tenant,
  act: async ({ ledger }, { tenant }, { actor }) => {
    const released = await ledger.circuits.endHold(tenant, actor);
    return { result: { tenant, changed: released !== null, released: released ?? 0 }, next: "/tenants" };
  },
});
