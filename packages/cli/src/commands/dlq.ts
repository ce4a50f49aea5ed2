import { userInfo } from "node:os";
import { readEnvironment } from "@inlet/config";
import { type DeliveryView, type Ledger, openLedger } from "@inlet/ledger";
import { DEAD_LETTER_REASONS } from "@inlet/schemas";
import { startTelemetry } from "@inlet/telemetry";
import type { Command } from "commander";
import { type CliContext, CommandFailed, operatorEnvironment, UsageError } from "../context.ts";
import { readDeadLetter, replayDeadLetter } from "../dead-letters.ts";
import { commandKafka, withAdmin } from "../kafka-admin.ts";
import { printTable } from "../print-table.ts";
import type { HandDecision } from "../settlements.ts";

interface Filter {
  readonly tenant?: string;
  readonly reason?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** `inlet dlq list|show|replay`: what could not go on, why, and sending it through again. */
export function registerDlq(program: Command, context: CliContext): void {
  const dlq = program.command("dlq").description("dead letters: emails that could not go on, with where and why");

  dlq
    .command("list")
    .description("the dead letters, newest first")
    .option("--tenant <tenant>", "only of this tenant")
    .option("--reason <reason>", "only with this reason (docs/reference/reasons.md)")
    .option("--limit <n>", "at most so many", "100")
    .option("--json", "print JSON")
    .action(async (options: Filter) => {
      const filter = parseFilterOptions(options);
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

  dlq
    .command("replay [eventIds...]")
    .description(
      "send dead letters through again, as their next pass; audited. Name them, or choose them with --all, --tenant, --reason.",
    )
    .option("--all", "every dead letter (with --tenant and --reason: those)")
    .option("--tenant <tenant>", "only of this tenant")
    .option("--reason <reason>", "only with this reason")
    .option("--limit <n>", "at most so many", "1000")
    .option("--dry-run", "say which, send nothing")
    .option(
      "--assume-written <id>",
      "of an unknown outcome: it was written, as the CRM's record ID; EFFECT=ID, repeated, where several effects are unknown",
      (id: string, ids: string[]) => [...ids, id],
      [] as string[],
    )
    .option("--write", "of an unknown outcome: what no --assume-written names was not written, so write it")
    .option("--json", "print JSON")
    .action(
      async (
        eventIds: string[],
        options: Filter & { all?: boolean; dryRun?: boolean; assumeWritten: string[]; write?: boolean },
      ) => {
        const byFilter = options.all === true || options.tenant !== undefined || options.reason !== undefined;
        if (eventIds.length === 0 && !byFilter)
          throw new UsageError("which dead letters? Name event ids, or use --all, --tenant or --reason");
        if (eventIds.length > 0 && byFilter)
          throw new UsageError("event ids and a filter together make no sense: use one of the two");
        if (options.assumeWritten.length > 0 && eventIds.length !== 1)
          throw new UsageError("--assume-written is about the records of one email: name its event id");
        const { assumeWritten, write = false } = options;
        const decision: HandDecision | null = write || assumeWritten.length > 0 ? { assumeWritten, write } : null;
        const filter = parseFilterOptions(options);
        await withLedger(context, async (ledger) => {
          const chosen =
            eventIds.length > 0 ? await findDeadLetters(ledger, eventIds) : await ledger.inspect.deadLetters(filter);
          await replayAll(context, ledger, chosen, { ...options, decision });
        });
      },
    );
}

async function replayAll(
  context: CliContext,
  ledger: Ledger,
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
          if (!(error instanceof CommandFailed)) throw error;
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

function parseFilterOptions(options: Filter): { tenant?: string; reason?: string; limit: number } {
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
  };
}

async function findDeadLetters(ledger: Ledger, eventIds: readonly string[]): Promise<DeliveryView[]> {
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
  const { databaseUrl } = readEnvironment(operatorEnvironment(context), ["database"]);
  const ledger = openLedger({ connectionString: databaseUrl, applicationName: "inlet dlq" });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
