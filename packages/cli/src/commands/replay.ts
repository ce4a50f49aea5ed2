import { randomBytes } from "node:crypto";
import { readEnvironment } from "@inlet/config";
import { liveService, REPLAYED, toReplayRequest, type Job, type Ledger, type ReplayedService } from "@inlet/ledger";
import { selectReplays, setBackEmptyGroups, type ReplaySelection, type Selected } from "@inlet/operations";
import type { Command } from "commander";
import { CommandFailed, operatorEnvironment, UsageError, type CliContext } from "../context.ts";
import { isTenant } from "../is-tenant.ts";
import { count } from "../jobs/describe-job.ts";
import { followJob } from "../jobs/follow-job.ts";
import { nameOperator } from "../jobs/operator.ts";
import { withAdmin } from "../kafka-admin.ts";
import { parseTime } from "../parse-time.ts";
import { showDryRun } from "../replay/dry-run.ts";
import { withLedger } from "../with-ledger.ts";

interface Options {
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
    .option("--dry-run", "say per email what would be written, kept or left, and write nothing")
    .option("--detach", "do not wait for its end")
    .option("--json", "print JSON: the jobs, as they are at the end")
    .action(async (options: Options) => {
      const selection = parseSelection(options, Date.now());
      if (selection.tenant !== null && !isTenant(context, selection.tenant))
        throw new CommandFailed(
          `${selection.tenant}: no tenant file has this id. npx inlet tenants check lists them; without --tenant all are meant`,
        );
      await withLedger(context, "replay", async (ledger) => {
        const settings = readEnvironment(operatorEnvironment(context), ["kafka"]);
        const selected = await withAdmin(settings, async (admin) => selectReplays({ admin, ledger }, selection));
        if (selected.length === 0) throw new CommandFailed("Kafka has no record of that time");
        if (options.dryRun === true) {
          await showDryRun(context, operatorEnvironment(context), selected, { json: options.json === true });
          return;
        }
        const groups =
          options.live === true ? await withAdmin(settings, async (admin) => setBackEmptyGroups(admin, selected)) : [];
        for (const { group, records } of groups) {
          await ledger.audit(nameOperator(), "offsets set back", { group, records, why: options.why ?? null });
          context.err(
            `${group} has no members: it was set back by ${count(records)} records, and reads them when it starts`,
          );
        }
        const asked = selected.filter(({ topic }) => !groups.some((each) => each.topic === topic));
        const jobs = await askForReplays(ledger, asked, options);
        for (const { id, total, service, lane } of jobs)
          context.err(`replay ${id}: ${count(total ?? 0)} records of lane ${lane} are read again by ${service}`);
        const ended = options.detach === true ? jobs : await followAll(context, ledger, jobs);
        if (options.json === true) context.out(JSON.stringify(ended, null, 2));
        else if (options.detach === true) for (const { id } of jobs) context.out(id);
      });
    });
}

function parseSelection(options: Options, now: number): ReplaySelection {
  const { service, since, until } = options;
  if (options.live === true && (options.tenant ?? until ?? options.event[0] ?? options.messageId[0]) !== undefined)
    throw new UsageError("--live moves the whole group: it goes with --since or --offset, and --lane");
  if (options.live === true && options.dryRun === true)
    throw new UsageError("--dry-run shows what the replay would write, with --live or without: leave --live out");
  if (!(service in REPLAYED)) throw new UsageError(`--service ${service}: one of ${Object.keys(REPLAYED).join(", ")}`);
  return {
    service: service as ReplayedService,
    since: since === undefined ? null : since === "earliest" ? 0 : parseTime(since, now),
    until: until === undefined ? null : parseTime(until, now, "--until"),
    offsets: options.offset,
    eventIds: options.event,
    messageIds: options.messageId,
    tenant: options.tenant ?? null,
    lane: options.lane ?? null,
  };
}

async function askForReplays(
  ledger: Pick<Ledger, "jobs">,
  selected: readonly Selected[],
  options: Options,
): Promise<Job[]> {
  const { since, until, offset, messageId, name, why = null } = options;
  const asked = {
    since,
    until,
    ...(offset.length === 0 ? {} : { offset }),
    ...(messageId.length === 0 ? {} : { messageId }),
  };
  const jobs: Job[] = [];
  for (const replay of selected) {
    const id = randomBytes(5).toString("hex");
    const by = { name: name ?? `replay of ${options.tenant ?? "all tenants"}`, actor: nameOperator(), why, asked };
    const request = toReplayRequest({ id, ...replay }, by);
    jobs.push(
      await ledger.jobs.create(options.live === true ? { ...request, service: liveService(replay.service) } : request),
    );
  }
  return jobs;
}

/** Exit code 1 where one did not come to its end, or an email ended as a dead letter by it. */
async function followAll(context: CliContext, ledger: Pick<Ledger, "jobs">, jobs: readonly Job[]): Promise<Job[]> {
  context.err("Ctrl-C leaves it running: npx inlet jobs list, pause, resume, cancel");
  const ended: Job[] = [];
  for (const { id } of jobs) ended.push(await followJob({ jobs: ledger.jobs, terminal: process.stderr }, id));
  const fine = ended.every(({ state, results }) => state === "done" && (results["dead_lettered"] ?? 0) === 0);
  if (!fine) context.setExitCode(1);
  return ended;
}
