import { SHARED_LANE } from "@inlet/schemas";
import { z } from "zod";
import { defineOperation } from "../operation.ts";

export const applyLanes = defineOperation({
  name: "lanes.apply",
  path: "/lanes/apply",
  summary: "Create the topics of every lane that a tenant's file names. Deletes nothing; again it changes nothing.",
  role: "administer",
  input: z.object({}),
  result: z.object({ lanes: z.array(z.string()), done: z.array(z.string()).describe("what was done, a text each") }),
  tenant: () => null,
  run: async ({ kafka, ledger, listTenants }, _, { name: actor }) => {
    const named = listTenants().flatMap(({ lane }) => (lane === null ? [] : [lane]));
    const lanes = [...new Set([SHARED_LANE, ...named])];
    const done = await kafka.withAdmin(async (admin) => admin.applyTopics(lanes));
    if (done.length > 0) await ledger.audit(actor, "lanes applied", { lanes, done: done.length });
    return { lanes, done };
  },
});
