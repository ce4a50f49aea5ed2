import { availableParallelism, totalmem } from "node:os";
import Table from "cli-table3";
import type { Cell, Report } from "./suite.ts";

/** A report with what it was measured on and how: the shape of `--json`. */
export interface Measured extends Report {
  readonly suite: string;
  /** Length of one measurement. */
  readonly seconds: number;
  readonly machine: {
    readonly cpus: number;
    readonly memoryGiB: number;
    readonly platform: string;
    readonly node: string;
  };
}

export function measured(suite: string, seconds: number, report: Report): Measured {
  const machine = {
    cpus: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
  };
  return { suite, seconds, machine, ...report };
}

/** A report for people: its tables, then each bar with met or not met. */
export function reportText({ suite, seconds, machine, tables, bars }: Measured): string {
  const head = `${suite}: ${machine.cpus} CPUs, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}; ${seconds} s a measurement`;
  const parts = tables.map(({ title, columns, rows }) => `${title}\n${tableText(columns, rows)}`);
  if (bars.length > 0) {
    const rows = bars.map(({ what, bar, measured: value, met }) => [what, bar, value, met ? "met" : "NOT MET"]);
    parts.push(`Bars\n${tableText(["", "bar", "measured", ""], rows)}`);
  }
  return [head, ...parts].join("\n\n");
}

function tableText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = columns.map((_, at) => rows.some((row) => typeof row[at] === "number"));
  const table = new Table({
    head: [...columns],
    colAligns: numeric.map((right) => (right ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(row.map(cellText));
  return table.toString();
}

/** Three digits that matter, so that a column reads easily. */
function cellText(cell: Cell): string {
  if (cell === null) return "–";
  if (typeof cell === "string" || cell === 0) return String(cell);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(cell))));
  return cell.toFixed(Math.min(digits, 3));
}
