import { randomBytes } from "node:crypto";
import { toDeadLetterRequest, type DeadLetterSet, type Job, type Ledger } from "@inlet/ledger";
import { describeUnderWay, underWay } from "../jobs/under-way.ts";

/** Emails a second that are sent again where nothing else is said: beside live mail, and yet ten thousand in minutes. */
export const DEFAULT_RATE = 50;
export const MOST_A_SECOND = 1_000;

/**
 * Asks for a job a lane over all dead letters of a set as it is now, not over a page of it; the sinks of the lane carry it out. A lane of which the
 * same filter is worked on gets no second one; where that is every lane, throws a problem that names them.
 */
export async function askForDeadLetterJobs(
  ledger: {
    readonly deadLetters: Pick<Ledger["deadLetters"], "count">;
    readonly jobs: Pick<Ledger["jobs"], "createOnce">;
  },
  act: "replay" | "discard",
  set: DeadLetterSet,
  by: {
    readonly actor: string;
    readonly why: string | null;
    readonly perSecond: number;
    /** In the words in which it was given: two who say 24h mean the same. */
    readonly since: string | number | undefined;
  },
): Promise<{ emails: number; jobs: Job[] }> {
  const lanes = await ledger.deadLetters.count(set);
  const jobs: Job[] = [];
  const others: Job[] = [];
  for (const { lane, emails: total } of lanes) {
    const { actor, why, perSecond, since } = by;
    const id = `dlq_${randomBytes(5).toString("hex")}`;
    const request = toDeadLetterRequest({ act, set, perSecond }, { id, lane, actor, why, total });
    // Replay and discard of the same ones at once is what no one means.
    const { job, created } = await ledger.jobs.createOnce({
      ...request,
      underWay: describeUnderWay("dead letters", { ...request, filter: { ...request.filter, since } }),
    });
    (created ? jobs : others).push(job);
  }
  if (jobs.length === 0 && others.length > 0) throw underWay(others);
  return { emails: lanes.reduce((sum, each) => sum + each.emails, 0), jobs };
}
