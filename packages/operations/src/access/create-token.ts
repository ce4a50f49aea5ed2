import { EVERY_TENANT } from "@inlet/domain";
import type { Grant } from "@inlet/ledger";
import { z } from "zod";
import { grants, optional, span } from "../fields.ts";
import { defineOperation } from "../operation.ts";
import { badInput } from "../problem.ts";

export const createToken = defineOperation({
  name: "token.create",
  path: "/tokens",
  summary: "Make a token of a machine. Its secret is answered this once.",
  role: "administer",
  input: z.object({
    name: z.string().trim().min(1).max(100),
    grants: grants.describe("ROLE or ROLE:TENANT each"),
    ttl: optional(span).describe("how long it is good: 12h, 90d; until it is revoked, unless it is said"),
  }),
  result: z.object({ id: z.string(), secret: z.string() }),
  tenant: (given) => findOnlyTenant(given.grants),
  run: async ({ ledger }, { name, grants: may, ttl }, actor) => {
    if (may.length === 0) throw badInput("grants: a token without a role may do nothing");
    return ledger.access.createToken({ name, grants: may, createdBy: actor.name, ttlMs: ttl ?? null });
  },
});

/** Who administers one tenant gives what is that tenant's, and no more. */
export function findOnlyTenant(may: readonly Grant[]): string | null {
  const tenants = new Set(may.map(({ tenant }) => tenant));
  const [only] = tenants;
  return tenants.size === 1 && only !== undefined && only !== EVERY_TENANT ? only : null;
}
