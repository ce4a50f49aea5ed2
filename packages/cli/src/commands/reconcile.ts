import { loadTenants, readEnvironment } from "@inlet/config";
import { openLedger } from "@inlet/ledger";
import { SHARED_LANE } from "@inlet/schemas";
import type { Command } from "commander";
import { type CliContext, operatorEnvironment } from "../context.ts";
import { withAdmin } from "../kafka-admin.ts";
import { reconcile } from "../reconcile/gather.ts";
import type { LawReport } from "../reconcile/law.ts";

/** `inlet reconcile`: whether every accepted email is accounted for, now, on the running system. */
export function registerReconcile(program: Command, context: CliContext): void {
  program
    .command("reconcile")
    .description(
      "check that every accepted email is written, suppressed, dead-lettered or in flight with evidence. Exit code 1 when one is lost. Safe at any time.",
    )
    .option("--deep", "read the topics themselves too and hold every record against the ledger")
    .option("--json", "print JSON")
    .action(async (options: { deep?: boolean; json?: boolean }) => {
      const raw = operatorEnvironment(context);
      const environment = readEnvironment(raw, ["kafka", "database", "tenants"]);
      const tenants = await loadTenants({ dir: environment.tenantsDir, env: raw });
      const lanes = [...new Set([SHARED_LANE, ...environment.lanes, ...tenants.all().map(({ lane }) => lane)])];
      await tenants.close();
      const ledger = openLedger({ connectionString: environment.databaseUrl, applicationName: "inlet reconcile" });
      try {
        const report = await withAdmin(environment, async (admin) =>
          reconcile(ledger, admin, {
            lanes,
            deep: options.deep === true,
            now: Date.now(),
            onProgress: (line) => context.err(line),
          }),
        );
        if (options.json === true) context.out(JSON.stringify(report, null, 2));
        else print(context, report);
        if (!report.holds) context.setExitCode(1);
      } finally {
        await ledger.close();
      }
    });
}

function print(context: CliContext, report: LawReport): void {
  const { accepted, written, suppressed, deadLettered, inFlight, unread, lost, faults } = report;
  context.out(
    `accepted ${accepted} = written ${written} + suppressed ${suppressed} + dead-lettered ${deadLettered} + in flight ${inFlight}`,
  );
  if (unread > 0) context.out(`raw-events not committed by the parser yet: ${unread}`);
  context.out(`lost ${lost.length}`);
  for (const { tenant, eventId, state, why } of lost) context.out(`  LOST ${tenant} ${eventId} (${state}): ${why}`);
  for (const fault of faults) context.out(`  FAULT ${fault}`);
  const checked = Object.entries(report.checked).map(([what, n]) => `${n} ${what}`);
  context.out(
    `${report.holds ? "the law holds" : "THE LAW IS BROKEN"} (looked at ${checked.join(", ")}${report.deep ? "" : "; --deep reads the topics too"})`,
  );
}
