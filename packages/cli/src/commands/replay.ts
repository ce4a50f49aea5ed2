import { REPLAYED, type Job } from "@inlet/ledger";
import { createReplay, selectForReplay } from "@inlet/operations";
import type { Command } from "commander";
import { operatorEnvironment, UsageError, type CliContext } from "../context.ts";
import { count } from "../jobs/describe-job.ts";
import { followJob } from "../jobs/follow-job.ts";
import { chooseTarget } from "../operate/choose-target.ts";
import { callConfirmed, type Confirming } from "../operate/confirm.ts";
import { createLocalSurroundings } from "../operate/local-deps.ts";
import type { Operator } from "../operate/operator.ts";
import { withOperator } from "../operate/with-operator.ts";
import { parseTime } from "../parse-time.ts";
import { showDryRun } from "../replay/dry-run.ts";
import { withLedger } from "../with-ledger.ts";

interface Options extends Confirming {
  readonly service: string;
  readonly since?: string;
  readonly until?: string;
  readonly offset: string[];
  readonly event: string[];
  readonly messageId: string[];
  readonly tenant?: string;
  readonly lane?: string;
  readonly name?: string;
  readonly why?: string;
  readonly live?: boolean;
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
}

const also = (value: string, before: string[]): string[] => [...before, value];

/** `inlet replay`: emails are read again, beside live mail and behind it. */
export function registerReplay(program: Command, context: CliContext): void {
  program
    .command("replay")
    .description(
      "read emails again, beside live mail: what is unchanged costs no call, what changed is updated in place, at most a fifth of each CRM's quota is used. Audited.",
    )
    .option(
      "--service <service>",
      `who reads again: ${Object.keys(REPLAYED).join(" (parses anew), ")} (delivers anew)`,
      "crm-sink",
    )
    .option(
      "--since <time>",
      "from this time on, by Kafka's clock: 30m, 12h, 7d, a time such as 2026-11-30T08:00:00Z, or earliest",
    )
    .option("--until <time>", "up to this time; default: what is there now")
    .option("--offset <place>", "TOPIC/PARTITION/OFFSET, OFFSET-OFFSET or OFFSET-; may be repeated", also, [])
    .option("--event <id>", "this email, by its event id; may be repeated", also, [])
    .option("--message-id <id>", "this email, by its Message-ID; may be repeated", also, [])
    .option("--tenant <tenant>", "only of this tenant")
    .option("--lane <lane>", "only of this lane")
    .option("--name <name>", "what the job is called in lists")
    .option("--why <text>", "the reason, for the readers of the list and the audit")
    .option(
      "--live",
      "set the service's own group back in place of a group beside it: all tenants, at full pace, new mail behind it",
    )
    .option(
      "--confirm <tenant>",
      "of more than 1,000 emails: whose they are, or 'all tenants'; asked at a prompt otherwise",
    )
    .option("--dry-run", "say per email what would be written, kept or left, and write nothing")
    .option("--detach", "do not wait for its end")
    .option("--json", "print JSON: the jobs, as they are at the end")
    .action(async (options: Options) => {
      const body = toBody(options, Date.now());
      if (options.dryRun === true) {
        await previewReplay(context, body, options.json === true);
        return;
      }
      await withOperator(context, "replay", async (operator) => {
        const { jobs, setBack } = await callConfirmed(context, operator, createReplay, body, options);
        for (const { group, records } of setBack)
          context.err(
            `${group} has no members: it was set back by ${count(records)} records, and reads them when it starts`,
          );
        for (const { id, total, service, lane } of jobs)
          context.err(`replay ${id}: ${count(total ?? 0)} records of lane ${lane} are read again by ${service}`);
        const ended = options.detach === true ? jobs : await followAll(context, operator, jobs);
        if (options.json === true) context.out(JSON.stringify(ended, null, 2));
        else if (options.detach === true) for (const { id } of jobs) context.out(id);
      });
    });
}

/** What would become of each email: read by the services' own code, on the machine itself. */
async function previewReplay(context: CliContext, body: object, json: boolean): Promise<void> {
  if (chooseTarget(context.env) !== null)
    throw new UsageError(
      "--dry-run runs the services' own steps here, beside Kafka and the database: unset INLET_URL and INLET_TOKEN, or use the console's replay form",
    );
  await withLedger(context, "replay", async (ledger) => {
    const deps = { ...createLocalSurroundings(operatorEnvironment(context)), ledger, now: Date.now };
    const selected = await selectForReplay(deps, createReplay.input.parse(JSON.parse(JSON.stringify(body))));
    await showDryRun(context, operatorEnvironment(context), selected, { json });
  });
}

/** As the API takes it: times in the words in which they were said, checked here, so that a fault names its option. */
function toBody(options: Options, now: number): object {
  const { service, since, until, tenant, lane, name, why, live } = options;
  if (live === true && (tenant ?? until ?? options.event[0] ?? options.messageId[0]) !== undefined)
    throw new UsageError("--live moves the whole group: it goes with --since or --offset, and --lane");
  if (live === true && options.dryRun === true)
    throw new UsageError("--dry-run shows what the replay would write, with --live or without: leave --live out");
  if (!(service in REPLAYED)) throw new UsageError(`--service ${service}: one of ${Object.keys(REPLAYED).join(", ")}`);
  if (since !== undefined && since !== "earliest") parseTime(since, now);
  if (until !== undefined) parseTime(until, now, "--until");
  const { offset: offsets, event: eventIds, messageId: messageIds } = options;
  return { service, since, until, offsets, eventIds, messageIds, tenant, lane, name, why, live };
}

/** Exit code 1 where one did not come to its end, or an email ended as a dead letter by it. */
async function followAll(context: CliContext, operator: Operator, jobs: readonly Job[]): Promise<Job[]> {
  context.err("Ctrl-C leaves it running: npx inlet jobs list, pause, resume, cancel");
  const ended: Job[] = [];
  for (const { id } of jobs) ended.push(await followJob({ jobs: operator.jobs, terminal: process.stderr }, id));
  const fine = ended.every(({ state, results }) => state === "done" && (results["dead_lettered"] ?? 0) === 0);
  if (!fine) context.setExitCode(1);
  return ended;
}
