import { setTimeout as sleep } from "node:timers/promises";
import type { Job, Jobs } from "@inlet/ledger";
import { describeProgress, describeState, isOver } from "./describe-job.ts";

export interface FollowDeps {
  readonly jobs: Pick<Jobs, "get">;
  /** Where the bar is drawn: one line, drawn anew, on a terminal; elsewhere a line now and then. */
  readonly terminal: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
  readonly now?: () => number;
  readonly lookMs?: number;
}

const LOOK_MS = 500;
/** Without a terminal, between two lines, ms. */
const LINE_MS = 10_000;
/** A job that no one has taken by then waits for a service that is not there, ms. */
const TAKEN_MS = 10_000;

/** Shows how far a job is until it is over, or paused; answers it then. */
export async function followJob(
  { jobs, terminal, now = Date.now, lookMs = LOOK_MS }: FollowDeps,
  id: string,
): Promise<Job> {
  const live = terminal.isTTY === true;
  const began = now();
  let said = began;
  let warned = false;
  for (;;) {
    const job = await jobs.get(id);
    if (job === null) throw new Error(`no job ${id}`);
    const over = isOver(job) || job.state === "paused";
    if (live) {
      const line = `${describeState(job).padEnd(10)} ${describeProgress(job, now())}`;
      terminal.write(`\r\u001B[K${line.slice(0, (terminal.columns ?? 80) - 1)}${over ? "\n" : ""}`);
    } else if (over || now() - said >= LINE_MS) {
      said = now();
      terminal.write(`${describeState(job)} ${describeProgress(job, now())}\n`);
    }
    if (over) return job;
    if (!warned && job.state === "waiting" && now() - began >= TAKEN_MS) {
      warned = true;
      terminal.write(
        `${live ? "\n" : ""}no one has taken it yet: does a ${job.service} run for the lane ${job.lane}?\n`,
      );
    }
    await sleep(lookMs);
  }
}
