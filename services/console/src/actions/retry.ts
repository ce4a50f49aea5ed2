import { z } from "zod";
import { emailPath } from "../page/parts.ts";
import { Problem } from "../problem.ts";
import { defineAction } from "../screen.ts";
import { eventId, tenantId } from "../screens/fields.ts";

export const retry = defineAction({
  name: "email.retry",
  path: "/emails/:tenant/:eventId/retry",
  summary: "Make a waiting email due now. What holds it (its conversation, a circuit, a quota, a hold) holds it still.",
  role: "process",
  input: z.object({ tenant: tenantId, eventId }),
  tenant: ({ tenant }) => tenant,
  act: async ({ ledger }, { tenant, eventId: id }, { actor }) => {
    const acted = await ledger.waiting.act({ tenant, eventIds: [id] }, { act: "retry", actor, why: null });
    if (acted === 0) throw new Problem(409, "not-in-this-state", "The email does not wait any more.");
    return { result: { retried: acted }, next: emailPath(tenant, id) };
  },
});
