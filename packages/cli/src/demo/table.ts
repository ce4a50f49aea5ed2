import { formatTable } from "../print-table.ts";
import type { Became } from "./judge.ts";

export interface DemoRow {
  readonly title: string;
  readonly eventId: string;
  /** Null when it did not end in time. */
  readonly became: Became | null;
  /** From the POST to the final state; null for a duplicate, which does not go that way. */
  readonly ms: number | null;
  /** How it differs from what was expected. */
  readonly problems: readonly string[];
}

/** The demo's table; below it, what was not as expected. */
export function demoTable(rows: readonly DemoRow[]): string {
  const table = formatTable(rows, [
    { title: "sample", value: ({ title }) => title },
    { title: "contact", value: ({ became }) => became?.contact ?? null },
    {
      title: "deal",
      value: ({ became }) =>
        became === null || became.deal === "none"
          ? null
          : `${became.deal}${became.dealId === null ? "" : ` ${became.dealId}`}`,
    },
    { title: "activity", value: ({ became }) => became?.activityId ?? null },
    { title: "files", value: ({ became }) => became?.files ?? null, align: "right" },
    { title: "tasks", value: ({ became }) => became?.tasks ?? null, align: "right" },
    {
      title: "outcome",
      value: ({ became }) =>
        became === null ? "in flight" : [became.state, became.reason].filter((part) => part !== null).join(": "),
    },
    { title: "ms", value: ({ ms }) => ms, align: "right" },
    { title: "", value: ({ problems }) => (problems.length === 0 ? "✓" : "✗") },
  ]);
  const wrong = rows
    .filter(({ problems }) => problems.length > 0)
    .map(({ title, eventId, problems }) => `✗ ${title} (npx inlet show ${eventId}): ${problems.join("; ")}`);
  return ["", table, ...(wrong.length > 0 ? ["", ...wrong] : [])].join("\n");
}

/** 0 only where every sample became what was expected of it. */
export function toExitCode(rows: readonly Pick<DemoRow, "problems">[]): 0 | 1 {
  return rows.every(({ problems }) => problems.length === 0) ? 0 : 1;
}
