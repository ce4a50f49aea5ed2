import { readEnvironment } from "@inlet/config";
import { openLedger } from "@inlet/ledger";
import { lanesIn } from "@inlet/schemas";
import type { Command } from "commander";
import { type CliContext, CouldNotLook, operatorEnvironment } from "../context.ts";
import { withAdmin } from "../kafka-admin.ts";
import { reconcile } from "../reconcile/gather.ts";
import type { LawReport } from "../reconcile/law.ts";

/** `inlet reconcile`: whether every accepted email is accounted for, now, on the running system. */
export function registerReconcile(program: Command, context: CliContext): void {
  program
    .command("reconcile")
    .description(
      "check that every accepted email is written, suppressed, dead-lettered or in flight with evidence. Exit code 1 when one is lost, 2 when it could not look. Safe at any time.",
    )
    .option("--deep", "read the topics themselves too and hold every record against the ledger")
    .option("--json", "print JSON")
    .action(async (options: { deep?: boolean; json?: boolean }) => {
      const report = await look(context, options.deep === true).catch((error: unknown) => {
        throw error instanceof CouldNotLook ? error : couldNotLook("the environment, Kafka or the ledger", error);
      });
      if (options.json === true) context.out(JSON.stringify(report, null, 2));
      else print(context, report);
      if (!report.holds) context.setExitCode(1);
    });
}

/** Needs Kafka and the ledger alone: the lanes are those that have topics, whatever the tenants' files say. */
async function look(context: CliContext, deep: boolean): Promise<LawReport> {
  const environment = readEnvironment(operatorEnvironment(context), ["kafka", "database"]);
  const ledger = openLedger({ connectionString: environment.databaseUrl, applicationName: "inlet reconcile" });
  try {
    const pending = await ledger.pendingMigrations().catch((error: unknown) => {
      throw couldNotLook("the ledger (DATABASE_URL)", error);
    });
    if (pending.length > 0)
      throw couldNotLook("the ledger (DATABASE_URL)", new Error(`it lacks ${pending.length} migrations`));
    return await withAdmin(environment, async (admin) => {
      const lanes = lanesIn(await admin.topics());
      if (lanes.length === 0) throw new Error(`${environment.kafka.brokers.join(",")} has no topics of Inlet`);
      return reconcile(ledger, admin, { lanes, deep, now: Date.now(), onProgress: (line) => context.err(line) });
    }).catch((error: unknown) => {
      const away = error instanceof Error && error.name === "LedgerUnavailableError";
      throw couldNotLook(away ? "the ledger (DATABASE_URL)" : "Kafka (KAFKA_BROKERS)", error);
    });
  } finally {
    await ledger.close();
  }
}

/** One line: what was not looked at, and why. */
function couldNotLook(what: string, error: unknown): CouldNotLook {
  const why = (error instanceof Error ? error.message || error.name : String(error)).replaceAll("\n", "; ");
  return new CouldNotLook(`nothing was checked, ${what} could not be looked at: ${why}`, { cause: error });
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
