import { sweepNow } from "@inlet/operations";
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { withOperator } from "../operate/with-operator.ts";
import { withLedger } from "../with-ledger.ts";

/** `inlet retention show|run`: what goes by age (docs/guides/retention.md). */
export function registerRetention(program: Command, context: CliContext): void {
  const retention = program.command("retention").description("what is deleted by its age");

  retention
    .command("show")
    .description("the last sweep, what it deleted by table, and the oldest delivery that is kept")
    .option("--json", "print JSON: {sweep, oldestAt}")
    .action(async ({ json }: { json?: boolean }) => {
      const { sweep, oldestAt } = await withLedger(context, "retention", async ({ lifecycle }) => ({
        sweep: await lifecycle.read("retention"),
        oldestAt: await lifecycle.oldestDelivery(),
      }));
      const day = (at: number | null): string => (at === null ? "-" : new Date(at).toISOString());
      if (json === true) context.out(JSON.stringify({ sweep, oldestAt }, null, 2));
      else {
        context.out(`oldest delivery  ${day(oldestAt)}`);
        context.out(sweep === null ? "no sweep yet" : `sweep  ${day(sweep.startedAt)} to ${day(sweep.endedAt)}`);
        for (const [table, rows] of Object.entries(sweep?.counts ?? {})) context.out(`  ${table}: ${rows}`);
      }
    });

  retention
    .command("run")
    .description("have what is too old deleted now; a crm-sink does it, in small batches. Audited.")
    .option("--json", "print JSON: {asked}")
    .action(async ({ json }: { json?: boolean }) => {
      const result = await withOperator(context, "retention", async (operator) => operator.call(sweepNow, {}));
      if (json === true) context.out(JSON.stringify(result));
      else context.out("asked: npx inlet retention show says how far it is");
    });
}
