import { randomBytes } from "node:crypto";
import { toDryRunRequest, type Job } from "@inlet/ledger";
import { z } from "zod";
import {
  checkChoice,
  deadLetterChoice,
  fixChoice,
  freezeDeadLetters,
  isByFilter,
} from "../dead-letters/choose-dead-letters.ts";
import { why } from "../fields.ts";
import { jobSchema } from "../jobs/job-schema.ts";
import { defineOperation } from "../operation.ts";
import { badInput, Problem } from "../problem.ts";

export const lookAtDeadLetters = defineOperation({
  name: "dead-letters.look",
  path: "/dead-letters/dry-run",
  summary: "Look at what sending dead letters again would do, email by email and field by field; nothing is written.",
  role: "replay",
  input: z.object({ ...deadLetterChoice, why }),
  result: z.object({ jobs: z.array(jobSchema) }),
  tenant: ({ tenant }) => tenant ?? null,
  freeze: async (deps, given) => fixChoice(deps, given),
  run: async (deps, given, { name: actor }) => {
    checkChoice(given);
    if (!isByFilter(given)) throw badInput("a dry run is of a filter: name a tenant, a reason or a time");
    const set = await freezeDeadLetters(deps, given);
    const jobs: Job[] = [];
    for (const { lane, emails: total } of await deps.ledger.deadLetters.count(set)) {
      const of = [set.reason, set.code, set.tenant].filter((each) => typeof each === "string").join(" of ");
      const name = `dry run of dead letters${of === "" ? "" : `: ${of}`}`;
      const by = { id: `dry_${randomBytes(5).toString("hex")}`, lane, actor, why: given.why ?? null, total, name };
      jobs.push(await deps.ledger.jobs.create(toDryRunRequest({ of: "dead_letters", set }, by)));
    }
    if (jobs.length === 0) throw new Problem(404, "not-found", "No dead letter matches.");
    return { jobs };
  },
});
