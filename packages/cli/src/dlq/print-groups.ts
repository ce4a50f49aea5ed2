import type { DeadLetterGroup } from "@inlet/ledger";
import type { CliContext } from "../context.ts";
import { printTable } from "../print-table.ts";

/** `inlet dlq list --group`. */
export function printGroups(context: CliContext, rows: readonly DeadLetterGroup[], json: boolean): void {
  const time = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z/, "Z");
  printTable(context, {
    json,
    rows,
    columns: [
      { title: "reason", value: ({ reason }) => reason },
      { title: "code", value: ({ code }) => code },
      { title: "tenant", value: ({ tenant }) => tenant },
      { title: "release", value: ({ release }) => release },
      { title: "emails", value: ({ emails }) => emails, align: "right" },
      { title: "first", value: ({ firstAt }) => time(firstAt) },
      { title: "last", value: ({ lastAt }) => time(lastAt) },
    ],
    empty: "no dead letters",
  });
}
