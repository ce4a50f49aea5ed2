import { randomBytes } from "node:crypto";
import { toDeadLetterRequest, type DeadLetterSet, type Job, type Ledger } from "@inlet/ledger";
import { UsageError, type CliContext } from "../context.ts";
import { count } from "../jobs/describe-job.ts";
import { followJob } from "../jobs/follow-job.ts";
import { nameOperator } from "../jobs/operator.ts";

/** Emails a second that are sent again where nothing else is said: beside live mail, and yet ten thousand in minutes. */
export const DEFAULT_RATE = 50;
const MOST_A_SECOND = 1_000;

export interface BulkOptions {
  readonly rate?: string;
  readonly why?: string;
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
}

export interface BulkDeps {
  readonly ledger: {
    readonly jobs: Pick<Ledger["jobs"], "create" | "get">;
    readonly deadLetters: Pick<Ledger["deadLetters"], "count">;
  };
  readonly context: Pick<CliContext, "out" | "err" | "setExitCode">;
  readonly terminal: Parameters<typeof followJob>[0]["terminal"];
}

/**
 * Acts on all dead letters of a set as it is now, not on a page of it: says how many they are, then asks for a job a lane, which the sinks of the lane
 * carry out, and follows them to their end.
 */
export async function actOnDeadLetters(
  { ledger, context, terminal }: BulkDeps,
  act: "replay" | "discard",
  set: DeadLetterSet,
  options: BulkOptions,
): Promise<void> {
  const perSecond = parseRate(options.rate);
  const lanes = await ledger.deadLetters.count(set);
  const emails = lanes.reduce((sum, each) => sum + each.emails, 0);
  if (options.dryRun === true) {
    if (options.json === true) context.out(JSON.stringify({ emails, lanes }, null, 2));
    else context.out(`would ${act} ${count(emails)} dead letters`);
    return;
  }
  context.err(`${count(emails)} dead letters are meant`);
  const jobs: Job[] = [];
  for (const { lane, emails: total } of lanes) {
    const by = {
      id: `dlq_${randomBytes(5).toString("hex")}`,
      lane,
      actor: nameOperator(),
      why: options.why ?? null,
      total,
    };
    jobs.push(await ledger.jobs.create(toDeadLetterRequest({ act, set, perSecond }, by)));
  }
  const ended = options.detach === true ? jobs : await followAll({ ledger, context, terminal }, jobs);
  if (options.json === true) context.out(JSON.stringify(ended, null, 2));
  else if (options.detach === true) for (const { id } of jobs) context.out(id);
}

/** Exit code 1 where one did not come to its end, or a dead letter could not be sent. */
async function followAll({ ledger, context, terminal }: BulkDeps, jobs: readonly Job[]): Promise<Job[]> {
  const ended: Job[] = [];
  for (const { id } of jobs) {
    context.err(`${id}: Ctrl-C leaves it running (npx inlet jobs list, pause, resume, cancel)`);
    ended.push(await followJob({ jobs: ledger.jobs, terminal }, id));
  }
  const fine = ended.every(
    ({ state, results }) => state === "done" && (results["gone"] ?? 0) + (results["to_be_settled"] ?? 0) === 0,
  );
  if (!fine) context.setExitCode(1);
  return ended;
}

function parseRate(text: string | undefined): number {
  const rate = Number(text ?? DEFAULT_RATE);
  if (Number.isInteger(rate) && rate >= 1 && rate <= MOST_A_SECOND) return rate;
  throw new UsageError(`--rate ${text ?? ""}: a whole number of emails a second, from 1 to ${MOST_A_SECOND}`);
}
