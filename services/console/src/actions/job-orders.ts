import { z } from "zod";
import { notFound, Problem } from "../problem.ts";
import { defineAction } from "../screen.ts";
import { jobId } from "../screens/jobs.ts";

const ORDERS = {
  pause: "Pause a job: it ends what is under way, and waits.",
  resume: "Let a paused job go on.",
  cancel: "End a job for good; what it did stays.",
} as const;

export const jobOrders = (["pause", "resume", "cancel"] as const).map((order) =>
  defineAction({
    name: `job.${order}`,
    path: `/jobs/:id/${order}`,
    summary: ORDERS[order],
    role: "replay",
    input: z.object({ id: jobId }),
    tenant: () => null,
    act: async ({ ledger }, { id }, viewer) => {
      const job = await ledger.jobs.direct(id, order, viewer.actor);
      if (job !== null) return { result: { job }, next: `/jobs/${id}` };
      const found = await ledger.jobs.get(id);
      if (found === null) throw notFound(`job ${id}`);
      throw new Problem(409, "not-in-this-state", `The job is ${found.state}: it cannot ${order} now.`);
    },
  }),
);
