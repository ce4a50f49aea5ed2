import { EVERY_TENANT, ROLES } from "@inlet/domain";
import { z } from "zod";
import { grants, optional, span } from "../fields.ts";
import { defineOperation } from "../operation.ts";
import { findOnlyTenant } from "./create-token.ts";

const MINUTES_10 = 600_000;

export const createSignInLink = defineOperation({
  name: "sign-in-link.create",
  path: "/sign-in-links",
  summary: "Make a link that signs in to the console once.",
  role: "administer",
  input: z.object({
    for: optional(z.string().trim().max(320)).describe(
      "who it is for, as the audit names them; who asks, unless it is said",
    ),
    grants: grants.describe("ROLE or ROLE:TENANT each; every role, unless it is said"),
    ttl: optional(span).describe("how long it is good: 10m (unless it is said), 12h"),
  }),
  result: z.object({ url: z.string() }),
  tenant: (given) => findOnlyTenant(given.grants),
  run: async ({ ledger, consoleUrl }, given, actor) => {
    const every = Object.keys(ROLES).map((role) => ({ role, tenant: EVERY_TENANT }));
    const secret = await ledger.access.createSignInLink({
      actor: given.for ?? actor.name,
      createdBy: actor.name,
      grants: given.grants.length > 0 ? given.grants : every,
      ttlMs: given.ttl ?? MINUTES_10,
    });
    return { url: `${consoleUrl}/sign-in/link/${secret}` };
  },
});
