import { readEnvironment } from "@inlet/config";
import { openLedger } from "@inlet/ledger";
import type { Command } from "commander";
import { type CliContext, operatorEnvironment } from "../context.ts";

/** `inlet ledger migrate`: the tables in Postgres. `inlet up` does the same; deployments run it before the services start. */
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
}
