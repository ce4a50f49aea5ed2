import type { DeadLetterCursor, DeadLetterSet } from "../deliveries/dead-letter-set.ts";
import type { JobRequest } from "./create-job.ts";
import type { Job } from "./job.ts";

/** What is done with a set of dead letters of one lane. */
export interface DeadLetterJob {
  readonly act: "replay" | "discard";
  readonly set: DeadLetterSet;
  /** At most so many a second. */
  readonly perSecond: number;
  /** The last one that is done; null: none is. */
  readonly after: DeadLetterCursor | null;
}

/** The row that asks for it; the sinks of the lane carry it out. */
export function toDeadLetterRequest(
  { act, set, perSecond }: Omit<DeadLetterJob, "after">,
  by: {
    readonly id: string;
    readonly lane: string;
    readonly actor: string;
    readonly why: string | null;
    readonly total: number;
  },
): JobRequest {
  const { until, ...filter } = set;
  const of = [set.reason, set.code, set.tenant].filter((each) => typeof each === "string").join(" of ");
  return {
    ...by,
    kind: act === "replay" ? "dlq_replay" : "dlq_discard",
    service: "crm-sink",
    name: `${act} dead letters${of === "" ? "" : `: ${of}`}`,
    filter: { ...filter },
    frozen: { until, perSecond },
  };
}

export function toDeadLetterJob({
  kind,
  filter,
  frozen,
  place,
}: Pick<Job, "kind" | "filter" | "frozen" | "place">): DeadLetterJob {
  const { until, perSecond } = frozen as { until: number; perSecond: number };
  return {
    act: kind === "dlq_discard" ? "discard" : "replay",
    set: { ...filter, until },
    perSecond,
    after: (place["after"] as DeadLetterCursor | undefined) ?? null,
  };
}
