import { z } from "zod";
import { defineOperation } from "../operation.ts";

export const sweepNow = defineOperation({
  name: "retention.run",
  path: "/retention/run",
  summary: "Have what is too old deleted now rather than within six hours.",
  role: "administer",
  input: z.object({}),
  result: z.object({ asked: z.boolean() }),
  tenant: () => null,
  run: async ({ ledger }, _, { name: actor }) => {
    await ledger.audit(actor, "retention asked", {});
    await ledger.lifecycle.ask("retention");
    return { asked: true };
  },
});
