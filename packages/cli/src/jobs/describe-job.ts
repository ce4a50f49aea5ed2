import type { Job } from "@inlet/ledger";

const BAR = 24;

/** `[#####...]  52%  5,200 of 10,000  …`: how far a job is, on one line. */
export function describeProgress(job: Job, now: number): string {
  const { done, total } = job;
  const part = total === null || total === 0 ? null : Math.min(1, done / total);
  const filled = Math.round((part ?? 0) * BAR);
  const bar =
    part === null
      ? ""
      : `[${"#".repeat(filled)}${".".repeat(BAR - filled)}] ${String(Math.floor(part * 100)).padStart(3)}%  `;
  const of = total === null ? count(done) : `${count(done)} of ${count(total)}`;
  return [`${bar}${of}`, describeResults(job.results), describeRate(job, now)].filter((each) => each !== "").join("  ");
}

/** `unchanged 40, changed 12`, the most first. */
export function describeResults(results: Job["results"]): string {
  return Object.entries(results)
    .toSorted(([, left], [, right]) => right - left)
    .map(([result, emails]) => `${result.replaceAll("_", " ")} ${count(emails)}`)
    .join(", ");
}

/** Its state as an operator reads it: what is wanted of it counts more than what it still does. */
export function describeState({ state, wanted }: Pick<Job, "state" | "wanted">): string {
  if (wanted === "cancel") return "being cancelled";
  return wanted === "pause" ? "being paused" : state;
}

export function isOver({ state }: Pick<Job, "state">): boolean {
  return state === "done" || state === "cancelled" || state === "failed";
}

function describeRate({ done, startedAt, state }: Job, now: number): string {
  const seconds = startedAt === null ? 0 : (now - startedAt) / 1000;
  return state === "running" && seconds >= 1 && done > 0 ? `${count(Math.round(done / seconds))}/s` : "";
}

export function count(number: number): string {
  return number.toLocaleString("en-US");
}
