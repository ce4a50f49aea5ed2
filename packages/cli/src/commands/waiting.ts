import { waitReason, whyItWaits, type Ledger, type WaitingFilter } from "@inlet/ledger";
import type { Command } from "commander";
import { CommandFailed, UsageError, type CliContext } from "../context.ts";
import { nameOperator } from "../jobs/operator.ts";
import { parseTime } from "../parse-time.ts";
import { printTable } from "../print-table.ts";
import { withLedger } from "../with-ledger.ts";

interface Options {
  readonly tenant?: string;
  readonly reason?: string;
  readonly since?: string;
  readonly all?: boolean;
  readonly limit?: string;
  readonly dryRun?: boolean;
  readonly why?: string;
  readonly json?: boolean;
}

/** `inlet waiting list|retry|dead-letter`: what waits and why; trying it now; taking it out. */
export function registerWaiting(program: Command, context: CliContext): void {
  const waiting = program.command("waiting").description("emails that wait: which, why, and acting on them by hand");

  filtered(waiting.command("list [eventIds...]").description("the emails that wait, those that wait longest first"))
    .option("--limit <n>", "at most so many", "100")
    .action(async (eventIds: string[], options: Options) => {
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1)
        throw new UsageError(`--limit ${options.limit ?? ""}: not a whole number above 0`);
      const filter = parseWaitingFilter(eventIds, options, Date.now());
      const rows = await withLedger(context, "waiting", async (ledger) => ledger.waiting.list(filter, limit));
      printTable(context, {
        json: options.json === true,
        rows: rows.map((row) => ({
          eventId: row.eventId,
          tenant: row.tenant,
          lane: row.lane,
          stage: row.stage,
          code: row.code,
          reason: waitReason(row),
          since: new Date(row.since).toISOString(),
          dueInMs: row.dueInMs,
          attempts: row.attempt,
          behind: row.behind,
          byReference: row.byReference,
          takenOut: row.takenOut,
          why: row.takenOut === null ? whyItWaits(row) : "taken out by hand: it ends within seconds",
        })),
        columns: [
          { title: "event", value: ({ eventId }) => eventId },
          { title: "tenant", value: ({ tenant }) => tenant },
          { title: "stage", value: ({ stage }) => stage },
          { title: "code", value: ({ code }) => code },
          { title: "since", value: ({ since }) => since.replace(/\.\d+Z/, "Z") },
          { title: "attempts", value: ({ attempts }) => attempts, align: "right" },
          { title: "why", value: ({ why }) => why },
        ],
        empty: "no email waits",
      });
    });

  acting(
    waiting
      .command("retry [eventIds...]")
      .description(
        "try waiting emails now rather than when they are due; audited. A conversation keeps its order, and a circuit, a hold or a quota is not passed by.",
      ),
  ).action(async (eventIds: string[], options: Options) => act(context, "retry", eventIds, options));

  acting(
    waiting
      .command("dead-letter [eventIds...]")
      .description(
        "take waiting emails out: each ends as a dead letter (taken_out) within seconds, what stands behind it goes on; audited. npx inlet dlq replay brings them back.",
      )
      .option("--why <text>", "the reason, for the dead letter and the audit (needed, but for a dry run)"),
  ).action(async (eventIds: string[], options: Options) => {
    if (options.why === undefined && options.dryRun !== true)
      throw new UsageError("why? Say it with --why: it stands in the dead letter and in the audit");
    await act(context, "dead-letter", eventIds, options);
  });
}

function filtered(command: Command): Command {
  return command
    .option("--tenant <tenant>", "only of this tenant")
    .option(
      "--reason <code>",
      "only under this code (circuit_open, quota, hubspot:5xx, or hubspot for all of its codes)",
    )
    .option("--since <time>", "only waiting since then or later: 30m, 12h, 7d, or a time such as 2026-11-30T08:00:00Z")
    .option("--json", "print JSON");
}

function acting(command: Command): Command {
  return filtered(command)
    .option("--all", "every email that waits (with a filter: those)")
    .option("--dry-run", "say how many, by tenant and code, and do nothing");
}

/** Says first how many it is about, then does it. */
async function act(
  context: CliContext,
  how: "retry" | "dead-letter",
  eventIds: readonly string[],
  options: Options,
): Promise<void> {
  const byFilter = [options.tenant, options.reason, options.since].some((each) => each !== undefined);
  if (eventIds.length === 0 && !byFilter && options.all !== true)
    throw new UsageError("which emails? Name event ids, or use --all, --tenant, --reason or --since");
  if (eventIds.length > 0 && options.all === true)
    throw new UsageError("event ids and --all together make no sense: use one of the two");
  const filter = parseWaitingFilter(eventIds, options, Date.now());
  await withLedger(context, "waiting", async (ledger) => actOn(context, ledger, filter, how, options));
}

export async function actOn(
  context: CliContext,
  ledger: { readonly waiting: Pick<Ledger["waiting"], "count" | "act"> },
  filter: WaitingFilter,
  how: "retry" | "dead-letter",
  options: Pick<Options, "dryRun" | "json" | "why">,
): Promise<void> {
  const counts = await ledger.waiting.count(filter);
  const emails = counts.reduce((sum, each) => sum + each.emails, 0);
  const missing = (filter.eventIds?.length ?? 0) - emails;
  if (filter.eventIds !== undefined && missing > 0)
    throw new CommandFailed(
      `${missing} of the named emails do not wait. npx inlet show says what became of one; nothing was done`,
    );
  if (options.dryRun === true) {
    if (options.json === true) context.out(JSON.stringify({ emails, counts }, null, 2));
    else {
      for (const each of counts) context.out(`${each.tenant}  ${each.code}  ${each.emails}`);
      context.out(`${emails} emails: nothing was done`);
    }
    return;
  }
  if (options.json !== true) context.err(`${emails} emails that wait are meant`);
  const acted =
    emails === 0 ? 0 : await ledger.waiting.act(filter, { act: how, actor: nameOperator(), why: options.why ?? null });
  if (options.json === true) context.out(JSON.stringify({ emails: acted, counts }, null, 2));
  else
    context.out(how === "retry" ? `${acted} emails are due now` : `${acted} emails end as dead letters within seconds`);
}

/** @throws {UsageError} for a time that is none */
export function parseWaitingFilter(
  eventIds: readonly string[],
  { tenant, reason, since }: Pick<Options, "tenant" | "reason" | "since">,
  now: number,
): WaitingFilter {
  return {
    ...(eventIds.length === 0 ? {} : { eventIds: [...new Set(eventIds)] }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(reason === undefined ? {} : { reason }),
    ...(since === undefined ? {} : { since: parseTime(since, now) }),
  };
}
