import { randomBytes } from "node:crypto";
import { hashAddress, normalizeAddress } from "@inlet/domain";
import type { Erasure } from "@inlet/ledger";
import { z } from "zod";
import { tenantId, why } from "../fields.ts";
import { defineOperation } from "../operation.ts";
import { requireTenant } from "../tenants/require-tenant.ts";

export const erasureSchema: z.ZodType<Erasure> = z.object({
  id: z.string(),
  tenant: z.string(),
  person: z.string().describe("keyed digest of the address"),
  actor: z.string(),
  why: z.string().nullable(),
  state: z.enum(["running", "pending", "done"]).describe("pending: a legal hold keeps some of it"),
  acceptedAt: z.number().describe("mail that was accepted until then, epoch ms"),
  counts: z.record(z.string(), z.number()),
  held: z.number(),
  open: z.number(),
  askedAt: z.number(),
  endedAt: z.number().nullable(),
});

/** As a contact's key has it. */
export const personAddress = z.string().transform((given, context) => {
  const address = normalizeAddress(given);
  if (address !== null) return address;
  context.addIssue({ code: "custom", message: "is no address" });
  return z.NEVER;
});

export const erasePerson = defineOperation({
  name: "erasures.create",
  path: "/erasures",
  summary: "Erase a person: what they wrote is written nowhere any more, and goes from ledger and blob store.",
  role: "administer",
  input: z.object({ tenant: tenantId, address: personAddress, why }),
  result: z.object({ erasure: erasureSchema }),
  tenant: ({ tenant }) => tenant,
  measure: async ({ ledger }, { tenant, address }) => {
    const { emails, oldestAt, newestAt, ...parts } = await ledger.erasures.preview({ tenant, address });
    return { emails, tenants: [tenant], oldestAt, newestAt, calls: 0, parts: [{ ...parts }] };
  },
  run: async (deps, { tenant, address, why: reason }, { name: actor }) => {
    requireTenant(deps, tenant);
    // Nothing leads from the address to mail that others wrote, and that stays. Mail of their own loses its terms with the rest.
    const hash = deps.searchKey === null ? null : hashAddress(deps.searchKey, tenant, address);
    if (hash !== null) await deps.ledger.search.forgetTerms(tenant, [hash]);
    const id = randomBytes(5).toString("hex");
    return { erasure: await deps.ledger.erasures.ask({ id, tenant, address, actor, why: reason ?? null }) };
  },
});
