import type { Job, JobOrder } from "@inlet/ledger";
import { z } from "zod";
import { jobId } from "../fields.ts";
import { defineOperation, type Operation } from "../operation.ts";
import { notFound, Problem } from "../problem.ts";
import { jobSchema } from "./job-schema.ts";

const SUMMARIES: Readonly<Record<JobOrder, string>> = {
  pause: "Pause a job: it ends what is under way, and waits.",
  resume: "Let a paused job go on.",
  cancel: "End a job for good; what it did stays.",
};

function directJob(order: JobOrder): Operation<{ id: string }, { job: Job }> {
  return defineOperation({
    name: `job.${order}`,
    path: `/jobs/:id/${order}`,
    summary: SUMMARIES[order],
    role: "replay",
    input: z.object({ id: jobId }),
    result: z.object({ job: jobSchema }),
    tenant: () => null,
    run: async ({ ledger }, { id }, actor) => {
      const job = await ledger.jobs.direct(id, order, actor.name);
      if (job !== null) return { job };
      const found = await ledger.jobs.get(id);
      if (found === null) throw notFound(`job ${id}`, "npx inlet jobs list shows them.");
      throw new Problem(
        409,
        "not-in-this-state",
        `The job ${id} is ${found.wanted ?? found.state}: nothing to ${order}.`,
      );
    },
  });
}

export const pauseJob = directJob("pause");
export const resumeJob = directJob("resume");
export const cancelJob = directJob("cancel");
