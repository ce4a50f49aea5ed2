import { JOB_KINDS, type Job, type JobKind } from "@inlet/ledger";
import { cancelJob, pauseJob, resumeJob } from "@inlet/operations";
import type { Command } from "commander";
import { CommandFailed, UsageError, type CliContext } from "../context.ts";
import { describeProgress, describeResults, describeState } from "../jobs/describe-job.ts";
import { followJob } from "../jobs/follow-job.ts";
import { withOperator } from "../operate/with-operator.ts";
import { parseLimit } from "../parse-limit.ts";
import { printTable } from "../print-table.ts";

const ORDERS = {
  pause: { operation: pauseJob, about: "stop a job where it is, until it is resumed. Audited." },
  resume: { operation: resumeJob, about: "let a paused job go on where it was. Audited." },
  cancel: { operation: cancelJob, about: "end a job where it is; what it has done stays. Audited." },
} as const;

/** `inlet jobs list|show|pause|resume|cancel`: what operators asked for and the services carry out. */
export function registerJobs(program: Command, context: CliContext): void {
  const jobs = program
    .command("jobs")
    .description("what operators asked for and the services carry out: replays, dead letters in bulk, moves of lanes");

  jobs
    .command("list")
    .description("the jobs, newest first")
    .option("--kind <kind>", `only of this kind: ${JOB_KINDS.join(", ")}`)
    .option("--open", "only those that have not ended")
    .option("--limit <n>", "at most so many", "50")
    .option("--json", "print JSON")
    .action(async (options: { kind?: string; open?: boolean; limit: string; json?: boolean }) => {
      const limit = parseLimit(options.limit, 10_000);
      const kind = options.kind === undefined ? null : parseKind(options.kind);
      const open = options.open === true;
      const { jobs: rows } = await withOperator(context, "jobs", async (operator) =>
        operator.read<{ jobs: Job[] }>(
          "/jobs",
          { kind: kind ?? undefined, open: open ? "true" : undefined, limit: String(limit) },
          async ({ ledger }) => ({ jobs: await ledger.jobs.list({ kind, open, limit }) }),
        ),
      );
      printTable(context, {
        json: options.json === true,
        rows,
        columns: [
          { title: "job", value: ({ id }) => id },
          { title: "kind", value: ({ kind: of }) => of },
          { title: "service", value: ({ service, lane }) => (lane === "shared" ? service : `${service}.${lane}`) },
          { title: "name", value: ({ name }) => name },
          { title: "by", value: ({ actor }) => actor },
          { title: "asked", value: ({ askedAt }) => new Date(askedAt).toISOString().replace(/\.\d+Z/, "Z") },
          { title: "state", value: describeState },
          { title: "done", value: ({ done, total }) => (total === null ? done : `${done}/${total}`), align: "right" },
          { title: "results", value: ({ results }) => describeResults(results) || null },
        ],
        empty: "no jobs",
      });
    });

  jobs
    .command("show <id>")
    .description("one job: who asked for what and why, how far it is, who is at it")
    .option("--follow", "show how far it is until it ends")
    .option("--json", "print JSON")
    .action(async (id: string, options: { follow?: boolean; json?: boolean }) => {
      await withOperator(context, "jobs", async ({ jobs: known }) => {
        const found = await known.get(id);
        if (found === null) throw new CommandFailed(`no job ${id}: npx inlet jobs list`);
        const job = options.follow === true ? await followJob({ jobs: known, terminal: process.stderr }, id) : found;
        context.out(options.json === true ? JSON.stringify(job, null, 2) : describeJob(job));
      });
    });

  for (const order of Object.keys(ORDERS) as (keyof typeof ORDERS)[]) {
    jobs
      .command(`${order} <id>`)
      .description(ORDERS[order].about)
      .option("--json", "print JSON: the job")
      .action(async (id: string, options: { json?: boolean }) => {
        const { job } = await withOperator(context, "jobs", async (operator) =>
          operator.call(ORDERS[order].operation, { id }),
        );
        context.out(options.json === true ? JSON.stringify(job, null, 2) : `${id} is ${describeState(job)}`);
      });
  }
}

function parseKind(text: string): JobKind {
  const kind = JOB_KINDS.find((each) => each === text);
  if (kind === undefined) throw new UsageError(`--kind ${text}: one of ${JOB_KINDS.join(", ")}`);
  return kind;
}

function describeJob(job: Job): string {
  const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  const facts: [string, string | null][] = [
    ["kind", `${job.kind} by ${job.service}, lane ${job.lane}`],
    ["name", job.name],
    ["asked by", job.actor],
    ["why", job.why],
    ["filter", JSON.stringify(job.filter)],
    ["state", describeState(job)],
    ["progress", describeProgress(job, Date.now())],
    ["at it", job.holder],
    ["asked", time(job.askedAt)],
    ["begun", time(job.startedAt)],
    ["ended", time(job.endedAt)],
    ["detail", job.detail],
  ];
  return [job.id, ...facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(10)}${value}`]))].join(
    "\n",
  );
}
