import type { Job, JobRequest } from "@inlet/ledger";
import { Problem } from "../problem.ts";

/** What a job is about, the same for two operators who ask for the same: kind, who carries it out, and the filter, whatever the order of its fields. */
export function describeUnderWay(
  what: string,
  { service, lane, filter = {} }: Pick<JobRequest, "service" | "lane" | "filter">,
): string {
  const said = Object.entries(filter).filter(([, value]) => value !== undefined);
  return JSON.stringify([what, service, lane, Object.fromEntries(said.toSorted(([a], [b]) => (a < b ? -1 : 1)))]);
}

/** Another one asked for the same a moment ago, or an hour. */
export function underWay(jobs: readonly Job[]): Problem {
  const ids = jobs.map(({ id }) => id);
  const [first = ""] = ids;
  const by = jobs[0]?.actor ?? "another";
  return new Problem(
    409,
    "under-way",
    `The same is under way already: ${ids.join(", ")}, asked by ${by}. npx inlet jobs show ${first} says how far it is.`,
    { jobs: ids },
  );
}
