import type { Job } from "@inlet/ledger";
import { discardDeadLetters, replayDeadLetters, type Reach } from "@inlet/operations";
import type { CliContext } from "../context.ts";
import { count } from "../jobs/describe-job.ts";
import { followJob } from "../jobs/follow-job.ts";
import { callConfirmed, type Confirming } from "../operate/confirm.ts";
import type { Operator } from "../operate/operator.ts";

export interface DeadLetterOptions extends Confirming {
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
}

export interface BulkDeps {
  readonly operator: Operator;
  readonly context: Pick<CliContext, "out" | "err" | "setExitCode" | "isTerminal">;
  readonly terminal: Parameters<typeof followJob>[0]["terminal"];
}

/** Acts on dead letters, named or by a filter: says how many they are, then does it, and follows the jobs of a filter to their end. */
export async function actOnDeadLetters(
  deps: BulkDeps,
  act: "replay" | "discard",
  body: { readonly eventIds: readonly string[] },
  options: DeadLetterOptions,
): Promise<void> {
  const { operator, context } = deps;
  if (options.dryRun === true) {
    // What is not done needs no reason.
    const reach = await (act === "replay"
      ? operator.measure(replayDeadLetters, body)
      : operator.measure(discardDeadLetters, { why: "dry run", ...body }));
    printDryRun(deps, act, reach, body.eventIds.length > 0, options.json === true);
    return;
  }
  if (act === "discard") {
    const result = await callConfirmed(context, operator, discardDeadLetters, body, options);
    if (body.eventIds.length === 0) return showJobs(deps, result, options);
    if (options.json === true) context.out(JSON.stringify(result.discarded));
    else context.out(`discarded ${result.discarded.length} dead letters`);
    return;
  }
  const result = await callConfirmed(context, operator, replayDeadLetters, body, options);
  if (result.sent.length + result.refused.length === 0 && body.eventIds.length === 0)
    return showJobs(deps, result, options);
  for (const { problem } of result.refused) context.err(problem);
  if (result.refused.length > 0) context.setExitCode(1);
  if (options.json === true) context.out(JSON.stringify(result.sent, null, 2));
  else {
    for (const at of result.sent) {
      const settled = at.settled > 0 ? `, effects settled by hand: ${at.settled}` : "";
      context.out(`replayed ${at.eventId} as pass ${at.pass}: ${at.topic}/${at.partition}/${at.offset}${settled}`);
    }
    context.err(`${result.sent.length} of ${result.emails} replayed`);
  }
}

function printDryRun({ context }: BulkDeps, act: string, reach: Reach, named: boolean, json: boolean): void {
  const { emails, parts } = reach;
  if (json) context.out(JSON.stringify(named ? parts : { emails, lanes: parts }, null, 2));
  else if (named && act === "replay")
    for (const { eventId, tenant, reason, pass } of parts)
      context.out(`would replay ${String(eventId)} (${String(tenant)}, ${String(reason)}) as pass ${String(pass)}`);
  else context.out(`would ${act} ${count(emails)} dead letters`);
}

/** Exit code 1 where one did not come to its end, or a dead letter could not be sent. */
async function showJobs(
  { operator, context, terminal }: BulkDeps,
  { emails, jobs }: { readonly emails: number; readonly jobs: readonly Job[] },
  options: DeadLetterOptions,
): Promise<void> {
  context.err(`${count(emails)} dead letters are meant`);
  const ended: Job[] = [];
  for (const job of jobs) {
    if (options.detach !== true)
      context.err(`${job.id}: Ctrl-C leaves it running (npx inlet jobs list, pause, resume, cancel)`);
    ended.push(options.detach === true ? job : await followJob({ jobs: operator.jobs, terminal }, job.id));
  }
  const fine = ended.every(
    ({ state, results }) => state === "done" && (results["gone"] ?? 0) + (results["to_be_settled"] ?? 0) === 0,
  );
  if (!fine && options.detach !== true) context.setExitCode(1);
  if (options.json === true) context.out(JSON.stringify(ended, null, 2));
  else if (options.detach === true) for (const { id } of jobs) context.out(id);
}
