import Table from "cli-table3";
import type { CliContext } from "./context.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null;
  readonly align?: "left" | "right";
}

/** Prints rows as JSON (one array, for scripts) or as a table (for people); `empty` is said in place of a table without rows. */
export function printTable<Row>(
  context: CliContext,
  {
    json,
    rows,
    columns,
    empty,
  }: { json: boolean; rows: readonly Row[]; columns: readonly Column<Row>[]; empty: string },
): void {
  if (json) context.out(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) context.err(empty);
  else context.out(formatTable(rows, columns));
}

/** A table without frames: columns two spaces apart, titles above. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const none = {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    right: "",
    "right-mid": "",
    middle: "  ",
  };
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align ?? "left"),
    chars: none,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) table.push(columns.map(({ value }) => String(value(row) ?? "–")));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
