import { readEnvironment } from "@inlet/config";
import { type DeadLetterSet, type DeliveryView, type Ledger } from "@inlet/ledger";
import { DEFAULT_RATE, findDeadLetters, MOST_A_SECOND, readDeadLetter } from "@inlet/operations";
import { DEAD_LETTER_REASONS } from "@inlet/schemas";
import type { Command } from "commander";
import { type CliContext, operatorEnvironment, UsageError } from "../context.ts";
import { actOnDeadLetters, type DeadLetterOptions } from "../dlq/act-on-dead-letters.ts";
import { printGroups } from "../dlq/print-groups.ts";
import { withAdmin } from "../kafka-admin.ts";
import { withOperator } from "../operate/with-operator.ts";
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
    const { assumeWritten, write, why } = options;
    const { limit } = parseFilterOptions(options);
    const body = { ...toBody(eventIds, options), rate: parseRate(options.rate), assumeWritten, write, why, limit };
    await withOperator(context, "dlq", async (operator) =>
      actOnDeadLetters({ operator, context, terminal: process.stderr }, "replay", body, options),
    );
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
    const body = { ...toBody(eventIds, options), ...(why === "" ? {} : { why }) };
    await withOperator(context, "dlq", async (operator) =>
      actOnDeadLetters({ operator, context, terminal: process.stderr }, "discard", body, options),
    );
  });
}

type Choice = Omit<Filter, "limit"> & DeadLetterOptions & { readonly all?: boolean; readonly why?: string };
type ReplayOptions = Choice &
  Filter & { readonly assumeWritten: string[]; readonly write?: boolean; readonly rate?: string };

function chosen(command: Command): Command {
  return command
    .option("--all", "every dead letter (with a filter: those)")
    .option("--tenant <tenant>", "only of this tenant")
    .option("--reason <reason>", "only with this reason")
    .option("--code <code>", "only with what the CRM said (as dlq list --group has it), or none")
    .option("--release <release>", "only those that this release ended, or none")
    .option("--since <time>", "only ended since then: 30m, 12h, 7d, or a time such as 2026-11-30T08:00:00Z")
    .option("--dry-run", "say which or how many, and do nothing")
    .option(
      "--confirm <tenant>",
      "of more than 1,000 emails: whose they are, or 'all tenants'; asked at a prompt otherwise",
    )
    .option("--detach", "of a filter: do not wait for the end of the job")
    .option("--json", "print JSON");
}

function mustChoose(eventIds: readonly string[], { all, tenant, reason, code, release, since }: Choice): void {
  const byFilter = all === true || [reason, code, release, since].some((each) => each !== undefined);
  if (eventIds.length === 0 && !byFilter && tenant === undefined)
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

/** As the API takes it: times in the words in which they were said, checked here, so that a fault names its option. */
function toBody(eventIds: readonly string[], options: Choice) {
  parseFilterOptions({ ...options, limit: "1" });
  const { all, tenant, reason, code, release, since } = options;
  return { eventIds: [...eventIds], all, tenant, reason, code, release, since };
}

function parseRate(text: string | undefined): number {
  const rate = Number(text ?? DEFAULT_RATE);
  if (Number.isInteger(rate) && rate >= 1 && rate <= MOST_A_SECOND) return rate;
  throw new UsageError(`--rate ${text ?? ""}: a whole number of emails a second, from 1 to ${MOST_A_SECOND}`);
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

async function withLedger<T>(context: CliContext, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  return withNamedLedger(context, "dlq", work);
}
