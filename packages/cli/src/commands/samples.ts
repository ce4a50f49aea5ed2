import { readEnvironment } from "@inlet/config";
import type { Command } from "commander";
import { type CliContext, operatorEnvironment, withDefaults } from "../context.ts";
import { runDemo } from "../demo/run-demo.ts";
import { toExitCode } from "../demo/table.ts";
import { untilSignalled } from "../up/signals.ts";

/** `inlet samples`: what `inlet up` does once everything runs, for an Inlet that runs already (`docker compose up`). */
export function registerSamples(program: Command, context: CliContext): void {
  program
    .command("samples")
    .summary("send the sample emails to a running Inlet and show what they became")
    .description(
      `Send the sample emails of test/emails/demo.yaml to a running Inlet and print
what each became in the CRM (DATABASE_URL tells). Each run is new mail. Exit
code 0 only if every email became what was expected.`,
    )
    .option("--url <url>", "the gateway (default: INLET_URL, or the one that inlet up started)")
    .action(async (options: { url?: string }) => {
      const env = withDefaults(operatorEnvironment(context));
      readEnvironment(env, ["database"]);
      const gatewayUrl = options.url ?? env["INLET_URL"] ?? env["PUBLIC_URL"] ?? "http://127.0.0.1:8080";
      await untilSignalled(context, async (signal) => {
        context.setExitCode(toExitCode(await runDemo(context, { env, gatewayUrl, signal })));
      });
    });
}
