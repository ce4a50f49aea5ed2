import { readEnvironment } from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import { openLedger } from "@inlet/ledger";
import type { Command } from "commander";
import { type CliContext, operatorEnvironment, UsageError } from "../context.ts";
import { withAdmin } from "../kafka-admin.ts";
import { nameOperator } from "../jobs/operator.ts";
import { parseTime } from "../parse-time.ts";
import { finishRecovery, recoverLedger } from "../recover/recover-ledger.ts";
import { withLedger } from "../with-ledger.ts";

/** `inlet ledger migrate|recover`: the tables in Postgres. `inlet up` does the same; deployments run it before the services start. */
export function registerLedger(program: Command, context: CliContext): void {
  const ledgerCommand = program.command("ledger").description("the ledger's tables in Postgres (DATABASE_URL)");

  ledgerCommand
    .command("migrate")
    .description("apply the migrations that the database lacks, in one transaction. Running it again changes nothing.")
    .option("--json", "print JSON: the names of the migrations applied")
    .action(async (options: { json?: boolean }) => {
      const { databaseUrl } = readEnvironment(operatorEnvironment(context), ["database"]);
      const ledger = openLedger({ connectionString: databaseUrl, applicationName: "inlet ledger migrate" });
      try {
        const applied = await ledger.migrate();
        if (options.json === true) context.out(JSON.stringify(applied, null, 2));
        else if (applied.length === 0) context.err("nothing to do: the ledger is up to date");
        else for (const name of applied) context.out(`applied ${name}`);
      } finally {
        await ledger.close();
      }
    });

  ledgerCommand
    .command("recover")
    .description(
      "after a restore of Postgres from a backup, with every parser and crm-sink stopped: catch up with outcomes, set the groups back, and have effects without a row looked for before they are written, until --finish. Audited.",
    )
    .option(
      "--before <time>",
      "what was received before this may have been written without a row: when the services stopped",
    )
    .option("--finish", "end it: everything was read again and has ended")
    .option("--why <text>", "the reason, for the audit")
    .option("--json", "print JSON")
    .action(async (options: { before?: string; finish?: boolean; why?: string; json?: boolean }) => {
      if ((options.before === undefined) === (options.finish !== true))
        throw new UsageError("one of the two: --before TIME begins a recovery, --finish ends it");
      const environment = readEnvironment(operatorEnvironment(context), ["kafka", "registry", "database"]);
      const actor = nameOperator();
      await withLedger(context, "ledger recover", async ({ recovery: ledger }) =>
        withAdmin(environment, async (admin) => {
          if (options.before === undefined) {
            const recovery = await finishRecovery({ ledger, admin, actor });
            context.out(options.json === true ? JSON.stringify({ recovery }) : "the recovery has ended");
            return;
          }
          const codec = createCodec({ registry: createRegistry(environment.schemaRegistry) });
          const before = parseTime(options.before, Date.now(), "--before");
          const onProgress = (line: string): void => context.err(line);
          const done = await recoverLedger(
            { ledger, admin, codec, actor, onProgress },
            { before, why: options.why ?? null },
          );
          if (options.json === true) {
            context.out(JSON.stringify(done, null, 2));
            return;
          }
          context.out(
            `${done.outcomes} outcomes: ${done.effects} effects confirmed, ${done.ended} deliveries ended, ${done.deadLetters} dead letters found`,
          );
          for (const [group, records] of Object.entries(done.again))
            context.out(`${group} reads ${records} records again`);
          context.out(
            "parser and crm-sink may start. When inlet reconcile is clean: npx inlet ledger recover --finish",
          );
        }),
      );
    });
}
