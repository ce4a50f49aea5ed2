import { z } from "zod";
import { eventId, tenantId } from "../fields.ts";
import { defineOperation } from "../operation.ts";
import { Problem } from "../problem.ts";

export const retryEmail = defineOperation({
  name: "email.retry",
  path: "/emails/:tenant/:eventId/retry",
  summary: "Make a waiting email due now. What holds it (its conversation, a circuit, a quota, a hold) holds it still.",
  role: "process",
  input: z.object({ tenant: tenantId, eventId }),
  result: z.object({ retried: z.number() }),
  tenant: ({ tenant }) => tenant,
  run: async ({ ledger }, { tenant, eventId: id }, { name: actor }) => {
    const acted = await ledger.waiting.act({ tenant, eventIds: [id] }, { act: "retry", actor, why: null });
    if (acted === 0) throw new Problem(409, "not-in-this-state", "The email does not wait any more.");
    return { retried: acted };
  },
});
