import { randomBytes } from "node:crypto";
import { toDryRunRequest, type Job } from "@inlet/ledger";
import { z } from "zod";
import { jobSchema } from "../jobs/job-schema.ts";
import { defineOperation } from "../operation.ts";
import { badInput, Problem } from "../problem.ts";
import { replayInput, selectForReplay } from "../replays/create-replay.ts";

export const lookAtReplay = defineOperation({
  name: "replay.look",
  path: "/replays/dry-run",
  summary: "Look at what a replay would do, email by email and field by field; nothing is written. A job a lane.",
  role: "replay",
  input: replayInput,
  result: z.object({ jobs: z.array(jobSchema) }),
  tenant: ({ tenant }) => tenant ?? null,
  freeze: async ({ now }, given) => ({ ...given, asOf: given.asOf ?? now() }),
  run: async (deps, given, { name: actor }) => {
    if (given.live) throw badInput("a dry run shows what the replay would write, live or not: leave live out");
    if (given.service !== "crm-sink")
      throw new Problem(
        409,
        "not-by-job",
        "Of a parser's replay the command line makes the dry run: npx inlet replay --service parser --dry-run",
      );
    const jobs: Job[] = [];
    for (const { lane, topic, filter, ranges } of await selectForReplay(deps, given)) {
      const total = ranges.reduce((sum, { from, to }) => sum + (to - from), 0);
      const name = `dry run of a replay of ${given.tenant ?? "all tenants"}`;
      const by = { id: `dry_${randomBytes(5).toString("hex")}`, lane, actor, why: given.why ?? null, total, name };
      jobs.push(
        await deps.ledger.jobs.create(toDryRunRequest({ of: "replay", records: { topic, filter, ranges } }, by)),
      );
    }
    return { jobs };
  },
});
