import { userInfo } from "node:os";
import { readEnvironment } from "@inlet/config";
import { type DeadLetterSet, type DeliveryView, type Ledger } from "@inlet/ledger";
import { Problem, readDeadLetter, replayDeadLetter, type HandDecision } from "@inlet/operations";
import { DEAD_LETTER_REASONS } from "@inlet/schemas";
import { startTelemetry } from "@inlet/telemetry";
import type { Command } from "commander";
import { type CliContext, CommandFailed, operatorEnvironment, UsageError } from "../context.ts";
import { actOnDeadLetters, DEFAULT_RATE, type BulkOptions } from "../dlq/bulk.ts";
import { printGroups } from "../dlq/print-groups.ts";
import { nameOperator } from "../jobs/operator.ts";
import { commandKafka, withAdmin } from "../kafka-admin.ts";
import { parseTime } from "../parse-time.ts";
import { printTable } from "../print-table.ts";
import { withLedger as withNamedLedger } from "../with-ledger.ts";

interface Filter {
  readonly tenant?: string;
  readonly reason?: string;
  readonly code?: string;
  readonly release?: string;
  readonly since?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** `inlet dlq list|show|replay|discard`: what could not go on, why, sending it through again, and giving it up. */
export function registerDlq(program: Command, context: CliContext): void {
  const dlq = program.command("dlq").description("dead letters: emails that could not go on, with where and why");

  dlq
    .command("list")
    .description("the dead letters, newest first")
    .option("--tenant <tenant>", "only of this tenant")
    .option("--reason <reason>", "only with this reason (docs/reference/reasons.md)")
    .option("--since <time>", "only ended since then: 30m, 12h, 7d, or a time such as 2026-11-30T08:00:00Z")
    .option("--limit <n>", "at most so many", "100")
    .option(
      "--group",
      "by tenant, reason, the CRM's code and release, with how many, and when the first and the last died",
    )
    .option("--json", "print JSON")
    .action(async (options: Filter & { group?: boolean }) => {
      const filter = parseFilterOptions(options);
      if (options.group === true) {
        const groups = await withLedger(context, async (ledger) =>
          ledger.deadLetters.group(await freezeSet(ledger, options)),
        );
        printGroups(context, groups, options.json === true);
        return;
      }
      const rows = await withLedger(context, async (ledger) => ledger.inspect.deadLetters(filter));
      printTable(context, {
        json: options.json === true,
        rows,
        columns: [
          { title: "event", value: ({ eventId }) => eventId },
          { title: "tenant", value: ({ tenant }) => tenant },
          { title: "stage", value: ({ stage }) => stage },
          { title: "reason", value: ({ reason }) => reason },
          {
            title: "detail",
            value: ({ detail }) => (detail === null || detail.length <= 60 ? detail : `${detail.slice(0, 59)}…`),
          },
          { title: "pass", value: ({ pass }) => pass, align: "right" },
          { title: "ended", value: ({ endedAt }) => (endedAt === null ? null : new Date(endedAt).toISOString()) },
        ],
        empty: "no dead letters",
      });
    });

  dlq
    .command("show <eventId>")
    .description("one dead letter: its row and the headers of its record. The content itself is not printed.")
    .option("--json", "print JSON")
    .action(async (eventId: string, options: { json?: boolean }) => {
      await withLedger(context, async (ledger) => {
        const [delivery] = await findDeadLetters(ledger, [eventId]);
        const environment = readEnvironment(operatorEnvironment(context), ["kafka"]);
        const record = await withAdmin(environment, async (admin) => readDeadLetter(admin, delivery as DeliveryView));
        const unknown = await ledger.effects.listUnknown((delivery as DeliveryView).tenant, eventId);
        const headers = record.headers.map(([name, value]) => [name, value.toString("utf8")] as const);
        if (options.json === true) {
          context.out(
            JSON.stringify(
              {
                ...delivery,
                unknown,
                record: { key: record.key?.toString("utf8"), bytes: record.value?.length, headers },
              },
              null,
              2,
            ),
          );
          return;
        }
        context.out(`${eventId}  ${delivery?.reason ?? ""}: ${delivery?.detail ?? ""}`);
        for (const { crm, effect, key } of unknown) context.out(`  unknown in ${crm}: ${effect} ${key}`);
        for (const [name, value] of headers) context.out(`  ${name.padEnd(28)}${value.split("\n")[0] ?? ""}`);
        context.out(`  key ${record.key?.toString("utf8") ?? "none"}, ${record.value?.length ?? 0} bytes`);
      });
    });

  chosen(
    dlq
      .command("replay [eventIds...]")
      .description(
        "send dead letters through again, as their next pass; audited. Name them, or choose them with --all, --tenant, --reason, --since: then all that are meant now, however many, as a job.",
      )
      .option("--rate <n>", "of a filter: at most so many emails a second", String(DEFAULT_RATE))
      .option("--limit <n>", "with --write and a filter: at most so many", "1000")
      .option(
        "--assume-written <id>",
        "of an unknown outcome: it was written, as the CRM's record ID; EFFECT=ID, repeated, where several effects are unknown",
        (id: string, ids: string[]) => [...ids, id],
        [] as string[],
      )
      .option("--write", "of an unknown outcome: what no --assume-written names was not written, so write it")
      .option("--why <text>", "the reason, for the readers of the list and the audit"),
  ).action(async (eventIds: string[], options: ReplayOptions) => {
    mustChoose(eventIds, options);
    if (options.assumeWritten.length > 0 && eventIds.length !== 1)
      throw new UsageError("--assume-written is about the records of one email: name its event id");
    const { assumeWritten, write = false } = options;
    const decision: HandDecision | null = write || assumeWritten.length > 0 ? { assumeWritten, write } : null;
    const filter = parseFilterOptions(options);
    await withLedger(context, async (ledger) => {
      if (eventIds.length > 0)
        await replayAll(context, ledger, await findDeadLetters(ledger, eventIds), { ...options, decision });
      else if (decision !== null)
        await replayAll(context, ledger, await ledger.inspect.deadLetters(filter), { ...options, decision });
      else
        await actOnDeadLetters(
          { ledger, context, terminal: process.stderr },
          "replay",
          await freezeSet(ledger, options),
          options,
        );
    });
  });

  chosen(
    dlq
      .command("discard [eventIds...]")
      .description(
        "give dead letters up: they stay accounted for as dead letters, and are no longer listed or replayed by a filter; audited. Chosen as for replay.",
      )
      .option("--why <text>", "the reason, for the audit and the email's journey (needed, but for a dry run)"),
  ).action(async (eventIds: string[], options: Choice) => {
    mustChoose(eventIds, options);
    const { why = "" } = options;
    if (why === "" && options.dryRun !== true)
      throw new UsageError("why? Say it with --why: it stands in the audit and in the email's journey");
    await withLedger(context, async (ledger) => {
      if (eventIds.length === 0) {
        await actOnDeadLetters(
          { ledger, context, terminal: process.stderr },
          "discard",
          await freezeSet(ledger, options),
          options,
        );
        return;
      }
      const letters = await findDeadLetters(ledger, eventIds);
      if (options.dryRun !== true) {
        const actor = nameOperator();
        await ledger.audit(actor, "dlq.discard", { eventIds, why });
        await ledger.deadLetters.discard(letters, { actor, why });
      }
      if (options.json === true) context.out(JSON.stringify(letters.map(({ eventId }) => eventId)));
      else context.out(`${options.dryRun === true ? "would discard" : "discarded"} ${letters.length} dead letters`);
    });
  });
}

type Choice = Omit<Filter, "limit"> & BulkOptions & { readonly all?: boolean };
type ReplayOptions = Choice & Filter & { readonly assumeWritten: string[]; readonly write?: boolean };

function chosen(command: Command): Command {
  return command
    .option("--all", "every dead letter (with a filter: those)")
    .option("--tenant <tenant>", "only of this tenant")
    .option("--reason <reason>", "only with this reason")
    .option("--code <code>", "only with what the CRM said (as dlq list --group has it), or none")
    .option("--release <release>", "only those that this release ended, or none")
    .option("--since <time>", "only ended since then: 30m, 12h, 7d, or a time such as 2026-11-30T08:00:00Z")
    .option("--dry-run", "say which or how many, and do nothing")
    .option("--detach", "of a filter: do not wait for the end of the job")
    .option("--json", "print JSON");
}

function mustChoose(eventIds: readonly string[], { all, tenant, reason, code, release, since }: Choice): void {
  const byFilter = all === true || [tenant, reason, code, release, since].some((each) => each !== undefined);
  if (eventIds.length === 0 && !byFilter)
    throw new UsageError("which dead letters? Name event ids, or use --all, --tenant, --reason or --since");
  if (eventIds.length > 0 && byFilter)
    throw new UsageError("event ids and a filter together make no sense: use one of the two");
}

/** What a filter means now: of what dies later none is meant. */
async function freezeSet(ledger: Pick<Ledger, "deadLetters">, options: Omit<Filter, "limit">): Promise<DeadLetterSet> {
  const { tenant, reason, since } = parseFilterOptions({ ...options, limit: "1" });
  const [code, release] = [options.code, options.release].map((each) => (each === "none" ? null : each));
  return { tenant, reason, code, release, since, until: (await ledger.deadLetters.newest()) ?? 0 };
}

async function replayAll(
  context: CliContext,
  ledger: Pick<Ledger, "inspect" | "deliveries" | "effects" | "jobs" | "audit">,
  chosen: readonly DeliveryView[],
  options: { readonly dryRun?: boolean; readonly json?: boolean; readonly decision: HandDecision | null },
): Promise<void> {
  if (options.dryRun === true) {
    const rows = chosen.map(({ eventId, tenant, reason, pass }) => ({ eventId, tenant, reason, pass: pass + 1 }));
    if (options.json === true) context.out(JSON.stringify(rows, null, 2));
    else
      for (const row of rows)
        context.out(`would replay ${row.eventId} (${row.tenant}, ${row.reason ?? ""}) as pass ${row.pass}`);
    return;
  }
  const environment = readEnvironment(operatorEnvironment(context), ["kafka"]);
  const telemetry = startTelemetry({
    service: "inlet-cli",
    version: "0.1.0",
    otlpEndpoint: environment.otlpEndpoint,
    logLevel: "silent",
  });
  const producer = await commandKafka(environment).producer();
  const sent: object[] = [];
  try {
    await withAdmin(environment, async (admin) => {
      for (const delivery of chosen) {
        try {
          const at = await replayDeadLetter(
            { ledger, admin, producer, actor: userInfo().username },
            delivery,
            options.decision,
          );
          sent.push(at);
          if (options.json !== true)
            context.out(
              `replayed ${at.eventId} as pass ${at.pass}: ${at.topic}/${at.partition}/${at.offset}${at.settled > 0 ? `, effects settled by hand: ${at.settled}` : ""}`,
            );
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          context.err(error.message);
          context.setExitCode(1);
        }
      }
    });
  } finally {
    await producer.close();
    await telemetry.shutdown();
  }
  if (options.json === true) context.out(JSON.stringify(sent, null, 2));
  else context.err(`${sent.length} of ${chosen.length} replayed`);
}

function parseFilterOptions(options: Filter): { tenant?: string; reason?: string; since?: number; limit: number } {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError(`--limit ${options.limit}: not a whole number above 0`);
  if (options.reason !== undefined && !(options.reason in DEAD_LETTER_REASONS))
    throw new UsageError(
      `--reason ${options.reason}: there is no such reason. One of ${Object.keys(DEAD_LETTER_REASONS).join(", ")}`,
    );
  return {
    limit,
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(options.since === undefined ? {} : { since: parseTime(options.since, Date.now()) }),
  };
}

async function findDeadLetters(ledger: Pick<Ledger, "inspect">, eventIds: readonly string[]): Promise<DeliveryView[]> {
  const found: DeliveryView[] = [];
  for (const eventId of eventIds) {
    const delivery = (await ledger.inspect.find(eventId)).find((each) => each.state === "dead_lettered");
    if (delivery === undefined)
      throw new CommandFailed(
        `${eventId}: no dead letter has this id. npx inlet dlq list shows them, npx inlet show ${eventId} what became of it`,
      );
    found.push(delivery);
  }
  return found;
}

async function withLedger<T>(context: CliContext, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  return withNamedLedger(context, "dlq", work);
}
