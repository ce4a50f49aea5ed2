import { readEnvironment } from "@inlet/config";
import type { Command } from "commander";
import { type CliContext, operatorEnvironment } from "../context.ts";
import { AFTER_START_MS, withAdmin } from "../kafka-admin.ts";
import { printTable } from "../print-table.ts";

/** `inlet topics apply|check`: the topics that Inlet's lanes need. */
export function registerTopics(program: Command, context: CliContext): void {
  const settings = () => readEnvironment(operatorEnvironment(context), ["kafka"]);
  const chooseLanes = (options: { lane: string[] }, lanes: readonly string[]): readonly string[] =>
    options.lane.length > 0 ? options.lane : lanes;
  const collect = (value: string, before: string[]): string[] => [...before, value];
  const topics = program.command("topics").description("the Kafka topics of the lanes (KAFKA_BROKERS, LANES)");

  topics
    .command("apply")
    .description(
      "create the topics that are missing and set what differs. Deletes nothing; running it again changes nothing.",
    )
    .option("--lane <lane>", "a lane (repeatable; default: LANES, or shared)", collect, [])
    .option("--json", "print JSON: what was done, a text each")
    .action(async (options: { lane: string[]; json?: boolean }) => {
      const { kafka, lanes } = settings();
      const done = await withAdmin(
        { kafka },
        async (admin) => admin.applyTopics(chooseLanes(options, lanes)),
        AFTER_START_MS,
      );
      if (options.json === true) context.out(JSON.stringify(done, null, 2));
      else if (done.length === 0) context.err("nothing to do: every topic is as it should be");
      else for (const line of done) context.out(line);
    });

  topics
    .command("check")
    .description(
      "compare the topics with what the lanes need, changing nothing. Exit code 1 on errors; warnings (replication 1) do not count.",
    )
    .option("--lane <lane>", "a lane (repeatable; default: LANES, or shared)", collect, [])
    .option("--json", "print JSON")
    .action(async (options: { lane: string[]; json?: boolean }) => {
      const { kafka, lanes } = settings();
      const faults = await withAdmin({ kafka }, async (admin) => admin.checkTopics(chooseLanes(options, lanes)));
      printTable(context, {
        json: options.json === true,
        rows: faults,
        columns: [
          { title: "topic", value: ({ topic }) => topic },
          { title: "fault", value: ({ fault }) => fault },
          { title: "severity", value: ({ severity }) => severity },
          { title: "expected", value: ({ expected }) => expected },
          { title: "actual", value: ({ actual }) => actual },
        ],
        empty: "every topic is as it should be",
      });
      if (faults.some(({ severity }) => severity === "error")) context.setExitCode(1);
    });
}
