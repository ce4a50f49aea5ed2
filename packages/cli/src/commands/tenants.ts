import { explainTenants } from "@inlet/config";
import type { Command } from "commander";
import { type CliContext, operatorEnvironment } from "../context.ts";
import { printListing } from "../listing.ts";

/** `inlet tenants check`: what the tenants' files mean, and what is wrong with them. */
export function registerTenants(program: Command, context: CliContext): void {
  const tenants = program.command("tenants").description("the tenants' files (config/tenants/<id>.yaml)");
  tenants
    .command("check")
    .description(
      "read every tenant's file and list what it means and what is wrong with it; starts nothing. Exit code 1 when there are faults.",
    )
    .option("--dir <dir>", "the folder of the files (default: TENANTS_DIR, or config/tenants)")
    .option("--json", "print JSON: {tenants, faults}")
    .action((options: { dir?: string; json?: boolean }) => {
      const env = operatorEnvironment(context);
      const { tenants: found, faults } = explainTenants(options.dir ?? env["TENANTS_DIR"] ?? "", env);
      if (faults.length > 0) context.setExitCode(1);
      if (options.json === true) return context.out(JSON.stringify({ tenants: found, faults }, null, 2));
      printListing(context, {
        json: false,
        rows: found,
        columns: [
          { title: "tenant", value: ({ id }) => id },
          { title: "lane", value: ({ lane }) => lane },
          { title: "sources", value: ({ sources }) => sources.map(({ name }) => name).join(", ") },
          { title: "crm", value: ({ crm }) => `${crm.kind} ${crm.baseUrl}` },
        ],
        empty: "no tenant's file is in order",
      });
      for (const { where, field, problem, remedy } of faults) {
        context.err(`${where}${field === "" ? "" : `: ${field}`}: ${problem}. ${remedy}.`);
      }
    });
}
