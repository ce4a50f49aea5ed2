import { waitReason, whyItWaits, type ListedWaiting, type WaitingFilter } from "@inlet/ledger";
import { deadLetterWaiting, retryWaiting } from "@inlet/operations";
import type { Command } from "commander";
import { UsageError, type CliContext } from "../context.ts";
import { chooseTarget } from "../operate/choose-target.ts";
import { callConfirmed, type Confirming } from "../operate/confirm.ts";
import type { Operator } from "../operate/operator.ts";
import { withOperator } from "../operate/with-operator.ts";
import { parseTime } from "../parse-time.ts";
import { printTable } from "../print-table.ts";

interface Options extends Confirming {
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
      if (eventIds.length > 0 && chooseTarget(context.env) !== null)
        throw new UsageError("by the API the list takes filters, no ids: npx inlet show ID says why that email waits");
      const { emails: rows } = await withOperator(context, "waiting", async (operator) =>
        operator.read<{ emails: ListedWaiting[] }>(
          "/waiting",
          {
            tenant: options.tenant,
            reason: options.reason,
            since: options.since,
            limit: String(limit),
          },
          async ({ ledger }) => ({ emails: await ledger.waiting.list(filter, limit) }),
        ),
      );
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
    .option(
      "--confirm <tenant>",
      "of more than 1,000 emails: whose they are, or 'all tenants'; asked at a prompt otherwise",
    )
    .option("--dry-run", "say how many, by tenant and code, and do nothing");
}

/** Does it, and says how many it was about. */
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
  // A fault in a time names its option.
  parseWaitingFilter(eventIds, options, Date.now());
  const { all, tenant, reason, since, why } = options;
  const body = { eventIds: [...eventIds], all, tenant, reason, since, why };
  await withOperator(context, "waiting", async (operator) => actOn(context, operator, body, how, options));
}

export async function actOn(
  context: Pick<CliContext, "out" | "err" | "isTerminal">,
  operator: Operator,
  body: object,
  how: "retry" | "dead-letter",
  options: Pick<Options, "dryRun" | "json" | "confirm">,
): Promise<void> {
  if (options.dryRun === true) {
    const { emails, parts: counts } = await (how === "retry"
      ? operator.measure(retryWaiting, body)
      : operator.measure(deadLetterWaiting, { why: "dry run", ...body }));
    if (options.json === true) context.out(JSON.stringify({ emails, counts }, null, 2));
    else {
      for (const each of counts)
        context.out(`${String(each["tenant"])}  ${String(each["code"])}  ${String(each["emails"])}`);
      context.out(`${emails} emails: nothing was done`);
    }
    return;
  }
  const { emails, counts } = await (how === "retry"
    ? callConfirmed(context, operator, retryWaiting, body, options)
    : callConfirmed(context, operator, deadLetterWaiting, body, options));
  const meant = counts.reduce((sum, each) => sum + each.emails, 0);
  if (options.json !== true) context.err(`${meant} emails that wait are meant`);
  if (options.json === true) context.out(JSON.stringify({ emails, counts }, null, 2));
  else
    context.out(
      how === "retry" ? `${emails} emails are due now` : `${emails} emails end as dead letters within seconds`,
    );
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
