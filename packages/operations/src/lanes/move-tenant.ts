import { SHARED_LANE } from "@inlet/schemas";
import { z } from "zod";
import { flag, tenantId, why } from "../fields.ts";
import { jobSchema } from "../jobs/job-schema.ts";
import { defineOperation } from "../operation.ts";
import { notFound } from "../problem.ts";
import { moveLane } from "./move-lane.ts";

export const moveTenant = defineOperation({
  name: "lanes.move",
  path: "/lanes/move",
  summary:
    "Move a tenant to a lane of its own (dedicated) or back (shared). Its mail of the new lane waits until the old one is drained.",
  role: "administer",
  input: z.object({
    tenant: tenantId,
    isolation: z.enum(["dedicated", "shared"]),
    why,
    force: flag.describe("also where no one reads the new lane yet"),
    keepFile: flag.describe("leave the tenant's file to the operator"),
  }),
  result: z.object({
    job: jobSchema,
    file: z
      .enum(["switched", "to-be-switched"])
      .describe("whether the tenant's file names the new lane; otherwise set its isolation, everywhere"),
  }),
  tenant: () => null,
  run: async ({ ledger, kafka, listTenants, switchIsolation }, given, { name: actor }) => {
    const { tenant, isolation } = given;
    const from = listTenants().find(({ id }) => id === tenant)?.lane ?? null;
    if (from === null) throw notFound(`tenant file ${tenant} that can be read`, "npx inlet tenants check lists them.");
    const switchFile =
      switchIsolation === null || given.keepFile ? null : async () => switchIsolation(tenant, isolation);
    const job = await kafka.withAdmin(async (admin) =>
      moveLane(
        { admin, jobs: ledger.jobs, actor, why: given.why ?? null, force: given.force, switchFile },
        { tenant, from, to: isolation === "dedicated" ? tenant : SHARED_LANE },
      ),
    );
    return { job, file: switchFile === null ? ("to-be-switched" as const) : ("switched" as const) };
  },
});
