import { holdTenant, letTenantGo } from "@inlet/operations";
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { withOperator } from "../operate/with-operator.ts";
import { printTable } from "../print-table.ts";
import { withLedger } from "../with-ledger.ts";

/** `inlet buffer on|off|list`: a tenant's mail is held back from its CRM, and let go again (WR9). */
export function registerBuffer(program: Command, context: CliContext): void {
  const buffer = program.command("buffer").description("hold a tenant's mail back from its CRM, and let it go again");

  buffer
    .command("on <tenant>")
    .description(
      "hold back: mail is still accepted and parsed, then waits; within a second nothing is called any more. Other tenants go on. Audited.",
    )
    .option("--why <text>", "the reason, for the readers of the list and the audit")
    .option("--json", "print JSON: {tenant, changed}")
    .action(async (tenant: string, options: { why?: string; json?: boolean }) => {
      const { changed } = await withOperator(context, "buffer", async (operator) =>
        operator.call(holdTenant, { tenant, why: options.why }),
      );
      if (options.json === true) context.out(JSON.stringify({ tenant, changed }));
      else if (changed) context.out(`${tenant} is in buffer mode: npx inlet buffer off ${tenant} ends it`);
      else context.err(`nothing to do: ${tenant} is in buffer mode already`);
    });

  buffer
    .command("off <tenant>")
    .description("let go: what waits is written oldest first, at the tenant's rate. Audited.")
    .option("--json", "print JSON: {tenant, changed, released}")
    .action(async (tenant: string, options: { json?: boolean }) => {
      const result = await withOperator(context, "buffer", async (operator) => operator.call(letTenantGo, { tenant }));
      if (options.json === true) context.out(JSON.stringify(result));
      else if (!result.changed) context.err(`nothing to do: ${tenant} is not in buffer mode`);
      else context.out(`${tenant} goes on: ${result.released} emails that waited are written now, oldest first`);
    });

  buffer
    .command("list")
    .description("the tenants in buffer mode, since when and why, and how much of their mail waits")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const rows = await withLedger(context, "buffer", async (ledger) => ledger.circuits.listHolds());
      printTable(context, {
        json: options.json === true,
        rows,
        columns: [
          { title: "tenant", value: ({ tenant }) => tenant },
          { title: "since", value: ({ since }) => new Date(since).toISOString() },
          { title: "by", value: ({ actor }) => actor },
          { title: "waiting", value: ({ waiting }) => waiting, align: "right" },
          {
            title: "oldest",
            value: ({ oldestMs }) => (oldestMs === null ? null : `${Math.round(oldestMs / 1000)} s`),
            align: "right",
          },
          { title: "why", value: ({ why }) => why },
        ],
        empty: "no tenant is in buffer mode",
      });
    });
}
