import { userInfo } from "node:os";
import { readEnvironment } from "@inlet/config";
import { createCrm } from "@inlet/crm";
import { openLedger } from "@inlet/ledger";
import type { Command } from "commander";
import { CommandFailed, operatorEnvironment, type CliContext } from "../context.ts";
import { isTenant } from "../is-tenant.ts";
import { prepareCrm } from "../prepare-crm.ts";
import { getTenant } from "../read-tenant-file.ts";

/** `inlet crm …`: what operators do with a tenant's account (docs/guides/when-the-crm-changes.md). */
export function registerCrm(program: Command, context: CliContext): void {
  const crm = program.command("crm").description("a tenant's account in its CRM");
  registerSwitch(crm, context);
  crm
    .command("prepare <tenant>")
    .description(
      "make the fields that Inlet needs in the account that the tenant's file leads to, once, and verify them. Again it makes nothing. Audited.",
    )
    .option("--json", "print JSON: {tenant, account, made}")
    .action(async (tenant: string, options: { json?: boolean }) => {
      const config = getTenant(tenant, operatorEnvironment(context));
      const ledger = openLedger({
        connectionString: readEnvironment(operatorEnvironment(context), ["database"]).databaseUrl,
        applicationName: "inlet",
      });
      const log = { debug: () => {}, warn: (_: object, message: string) => context.err(message) };
      const adapter = createCrm(config.crm, { tenant, log, grants: ledger.grants });
      try {
        const done = await prepareCrm({ crm: adapter, ledger, actor: userInfo().username }, tenant);
        if (options.json === true) context.out(JSON.stringify({ tenant, ...done }));
        else if (done.made.length === 0) context.err(`nothing to do: ${done.account} has what Inlet needs`);
        else context.out(`made in ${done.account}: ${done.made.join(", ")}`);
      } finally {
        await adapter.close();
        await ledger.close();
      }
    });
}

/** A tenant's mail goes to another account of its CRM from now on. */
function registerSwitch(crm: Command, context: CliContext): void {
  crm
    .command("switch <tenant>")
    .description(
      "accept the account that the tenant's file leads to now: contacts and deals are looked for and made anew there, and mail that waited for this is written. Audited.",
    )
    .option("--json", "print JSON: {tenant, left}")
    .action(async (tenant: string, options: { json?: boolean }) => {
      if (!isTenant(context, tenant))
        throw new CommandFailed(`${tenant}: no tenant file has this id. npx inlet tenants check lists them`);
      const ledger = openLedger({
        connectionString: readEnvironment(operatorEnvironment(context), ["database"]).databaseUrl,
        applicationName: "inlet",
      });
      try {
        const left = await ledger.effects.switchCrm(tenant, userInfo().username);
        if (options.json === true) context.out(JSON.stringify({ tenant, left }));
        else if (left.length === 0)
          context.err(`nothing to do: ${tenant} has no account yet; the first one that a sink sees is its own`);
        else context.out(`${tenant} left ${left.join(", ")}: the account that its file leads to counts from now on`);
      } finally {
        await ledger.close();
      }
    });
}
