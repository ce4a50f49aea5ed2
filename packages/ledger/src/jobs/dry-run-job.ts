import type { DeadLetterSet } from "../deliveries/dead-letter-set.ts";
import type { JobRequest } from "./create-job.ts";
import type { Job } from "./job.ts";
import type { Replay } from "./replay-job.ts";

/** What is only looked at: the records of a replay, or a set of dead letters of the lane. */
export type DryRun =
  | { readonly of: "replay"; readonly records: Pick<Replay, "topic" | "filter" | "ranges"> }
  | { readonly of: "dead_letters"; readonly set: DeadLetterSet };

/** The row that asks for it; a sink of the lane carries it out, since it has what CRMs are asked with. */
export function toDryRunRequest(
  dry: DryRun,
  by: Pick<JobRequest, "id" | "lane" | "actor" | "why" | "total"> & { readonly name: string },
): JobRequest {
  const tenant = dry.of === "replay" ? dry.records.filter.tenant : dry.set.tenant;
  return {
    ...by,
    kind: "dry_run",
    service: "crm-sink",
    filter: tenant === undefined ? {} : { tenant },
    frozen: { ...dry },
  };
}

export function toDryRun({ frozen }: Pick<Job, "frozen">): DryRun {
  return frozen as unknown as DryRun;
}
