import type { Command } from "commander";
import { type CliContext, DEFAULT_DATA_DIR } from "../context.ts";
import { untilSignalled } from "../up/signals.ts";
import { up } from "../up/up.ts";

interface UpOptions {
  readonly once?: boolean;
  readonly data: string;
  readonly demo: boolean;
  readonly port: string[];
  readonly resetOffsets: string[];
}

/** `inlet up`: everything on this machine. */
export function registerUp(program: Command, context: CliContext): void {
  program
    .command("up")
    .summary("start everything on this machine and send the sample emails")
    .description(
      `Start Inlet on this machine and show what the sample emails become in the CRM.

Starts Kafka, the schema registry and Postgres (where KAFKA_BROKERS,
SCHEMA_REGISTRY_URL or DATABASE_URL is set, it uses that one), applies topics
and schemas, starts all services and a sandbox CRM, sends the sample emails
through the signed webhook and prints a table. Stays up until Ctrl-C; data is
kept for the next start.`,
    )
    .option("--once", "end after the table; exit code 0 only if every email became what was expected")
    .option("--data <dir>", "where data and logs are kept", DEFAULT_DATA_DIR)
    .option("--no-demo", "send no sample emails")
    .option(
      "--port <part=number>",
      "another port for a part, as in --port gateway=9080 (repeatable); --port free takes any free ones",
      collect,
      [],
    )
    .option(
      "--reset-offsets <service=when>",
      "a replay: let parser or crm-sink read again from a time, as in parser=2026-11-30T08:00:00Z, or from earliest (repeatable)",
      collect,
      [],
    )
    .action(async (options: UpOptions) => {
      await untilSignalled(context, async (signal, onKill) =>
        up(context, { ...options, once: options.once === true }, signal, onKill),
      );
    });
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
