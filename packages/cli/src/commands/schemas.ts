import { readEnvironment } from "@inlet/config";
import { checkSchemas, registerSchemas } from "@inlet/event-codec";
import type { Command } from "commander";
import { type CliContext, operatorEnvironment } from "../context.ts";
import { printTable } from "../print-table.ts";

/** `inlet schemas check|register`: the Avro schemas of this version and those in the registry. */
export function registerSchemasCommand(program: Command, context: CliContext): void {
  const registry = () => readEnvironment(operatorEnvironment(context), ["registry"]).schemaRegistry;
  const schemas = program
    .command("schemas")
    .description("the Avro schemas in the schema registry (SCHEMA_REGISTRY_URL)");

  schemas
    .command("check")
    .description(
      "compare the registry with the schemas of this version, changing nothing. Exit code 1 when something is missing or incompatible.",
    )
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      const faults = await checkSchemas(registry());
      printTable(context, {
        json: options.json === true,
        rows: faults,
        columns: [
          { title: "subject", value: ({ subject }) => subject },
          { title: "fault", value: ({ fault }) => fault },
          { title: "severity", value: ({ severity }) => severity },
          { title: "expected", value: ({ expected }) => expected },
          { title: "actual", value: ({ actual }) => actual },
        ],
        empty: "every schema is registered and compatible",
      });
      if (faults.some(({ severity }) => severity === "error")) context.setExitCode(1);
    });

  schemas
    .command("register")
    .description(
      "register every schema that is missing (compatibility FULL_TRANSITIVE). Running it again changes nothing.",
    )
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      printTable(context, {
        json: options.json === true,
        rows: await registerSchemas(registry()),
        columns: [
          { title: "subject", value: ({ subject }) => subject },
          { title: "schema", value: ({ record, version }) => `${record}/${version}` },
          { title: "id", value: ({ id }) => id, align: "right" },
          { title: "", value: ({ created }) => (created ? "registered" : "was there") },
        ],
        empty: "there are no schemas",
      });
    });
}
