import { z } from "zod";
import { notFound } from "../problem.ts";
import { defineAction } from "../screen.ts";

export const revoke = defineAction({
  name: "token.revoke",
  path: "/tokens/:id/revoke",
  summary: "End a token at once.",
  role: "administer",
  input: z.object({ id: z.string().regex(/^tok_[\w-]{1,80}$/, "is no token's id") }),
  tenant: () => null,
  act: async ({ ledger }, { id }, { actor }) => {
    if (!(await ledger.access.revokeToken(id, actor))) throw notFound(`token ${id} that is good`);
    return { result: { revoked: id }, next: "/tokens" };
  },
});
