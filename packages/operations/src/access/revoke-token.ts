import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { notFound } from "../problem.ts";

export const revokeToken = defineOperation({
  name: "token.revoke",
  path: "/tokens/:id/revoke",
  summary: "End a token at once.",
  role: "administer",
  input: z.object({ id: z.string().regex(/^tok_[\w-]{1,80}$/, "is no token's id") }),
  result: z.object({ revoked: z.string() }),
  tenant: () => null,
  run: async ({ ledger }, { id }, actor) => {
    if (!(await ledger.access.revokeToken(id, actor.name)))
      throw notFound(`token ${id} that is good`, "npx inlet tokens list shows them.");
    return { revoked: id };
  },
});
