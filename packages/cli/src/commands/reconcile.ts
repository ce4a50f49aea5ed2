import { userInfo } from "node:os";
import { openBlobStore } from "@inlet/blob-store";
import { readEnvironment } from "@inlet/config";
import { createCodec, createRegistry } from "@inlet/event-codec";
import { openLedger } from "@inlet/ledger";
import { lanesIn } from "@inlet/schemas";
import type { Command } from "commander";
import { type CliContext, CouldNotLook, operatorEnvironment } from "../context.ts";
import { withAdmin } from "../kafka-admin.ts";
import { reconcile } from "@inlet/reconcile";
import type { GuaranteeReport } from "@inlet/reconcile";

/** `inlet reconcile`: whether every accepted email is accounted for, now, on the running system. */
export function registerReconcile(program: Command, context: CliContext): void {
  program
    .command("reconcile")
    .description(
      "check that every accepted email is written, suppressed, dead-lettered or in flight with evidence. Exit code 1 when one is lost, 2 when it could not look. Safe at any time.",
    )
    .option("--deep", "read the topics too and hold every record, row and blob against each other")
    .option(
      "--acknowledge <why>",
      "take note of the gaps that are remembered (records that are gone for good): they are listed, and no finding any more. Audited.",
    )
    .option("--json", "print JSON")
    .action(async (options: { deep?: boolean; json?: boolean; acknowledge?: string }) => {
      const report = await look(context, options).catch((error: unknown) => {
        throw error instanceof CouldNotLook ? error : couldNotLook("the environment, Kafka or the ledger", error);
      });
      if (options.json === true) context.out(JSON.stringify(report, null, 2));
      else print(context, report);
      if (!report.holds) context.setExitCode(1);
    });
}

/** Needs Kafka and the ledger alone: the lanes are those that have topics, whatever the tenants' files say. */
async function look(
  context: CliContext,
  { deep = false, acknowledge }: { readonly deep?: boolean; readonly acknowledge?: string },
): Promise<GuaranteeReport> {
  const needs = deep ? (["kafka", "database", "registry", "blobs"] as const) : (["kafka", "database"] as const);
  const environment = readEnvironment(operatorEnvironment(context), needs);
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
      if (acknowledge !== undefined) {
        const by = { actor: userInfo().username, why: acknowledge };
        context.err(`${await ledger.inspect.accounts.acknowledgeGaps(by)} gaps acknowledged`);
      }
      const reading = deep
        ? {
            codec: createCodec({ registry: createRegistry(environment.schemaRegistry) }),
            blobs: openBlobStore(environment.blobStoreUrl),
          }
        : null;
      return reconcile(ledger.inspect.accounts, admin, {
        lanes,
        deep: reading,
        onProgress: (line) => context.err(line),
      });
    }).catch((error: unknown) => {
      throw couldNotLook(whatIsAway(error), error);
    });
  } finally {
    await ledger.close();
  }
}

function whatIsAway(error: unknown): string {
  switch (error instanceof Error ? error.name : "") {
    case "LedgerUnavailableError":
      return "the ledger (DATABASE_URL)";
    case "RegistryUnavailableError":
      return "the schema registry (SCHEMA_REGISTRY_URL)";
    case "BlobStoreUnavailableError":
      return "the blob store (BLOB_STORE_URL)";
    default:
      return "Kafka (KAFKA_BROKERS)";
  }
}

/** One line: what was not looked at, and why. */
function couldNotLook(what: string, error: unknown): CouldNotLook {
  const why = (error instanceof Error ? error.message || error.name : String(error)).replaceAll("\n", "; ");
  return new CouldNotLook(`nothing was checked, ${what} could not be looked at: ${why}`, { cause: error });
}

function print(context: CliContext, report: GuaranteeReport): void {
  const { accepted, written, suppressed, deadLettered, discarded, inFlight, unread, lost, faults, notListed, notes } =
    report;
  context.out(
    `accepted ${accepted} = written ${written} + suppressed ${suppressed} + dead-lettered ${deadLettered}${discarded > 0 ? ` (${discarded} discarded)` : ""} + in flight ${inFlight}`,
  );
  if (unread > 0) context.out(`raw-events not committed by the parser yet: ${unread}`);
  context.out(`lost ${lost.length}`);
  for (const { tenant, eventId, state, why } of lost) context.out(`  LOST ${tenant} ${eventId} (${state}): ${why}`);
  for (const fault of faults) context.out(`  FAULT ${fault}`);
  if (notListed > 0) context.out(`  and ${notListed} more that are not listed`);
  for (const note of notes) context.out(`  NOTE ${note}`);
  const checked = Object.entries(report.checked).map(([what, n]) => `${n} ${separateWords(what)}`);
  context.out(
    `${report.holds ? "every email is accounted for" : "NOT EVERY EMAIL IS ACCOUNTED FOR"} (looked at ${checked.join(", ")}${report.deep ? "" : "; --deep reads the topics too"})`,
  );
}

/** `openRows` as people read it; a topic's name stays. */
function separateWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
