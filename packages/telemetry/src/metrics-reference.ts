import { METRICS } from "./metric-names.ts";
import type { MetricSpec } from "./metric-names.ts";

/** docs/reference/metrics.md, made from the table of metrics. */
export function metricsReference(): string {
  const rows = (Object.values(METRICS) as MetricSpec[]).map((spec) => [
    `\`${spec.name}\``,
    spec.kind,
    spec.labels.map((label) => `\`${label}\``).join(", "),
    spec.help,
  ]);
  return [
    "# Metrics",
    "",
    "Every service serves these at `/metrics` of its operators' port (ingest-gateway 8084, parser 8082, crm-sink 8083, console 8086) as OpenMetrics, beside the usual",
    "`process_*` and `nodejs_*` metrics of prom-client. A service fills only those that concern it. Durations are seconds, sizes are bytes. No label ever holds an address, a subject or an event id.",
    "",
    "This page is made from `packages/telemetry/src/metric-names.ts`; run `node packages/telemetry/write-metrics-reference.ts` after a change.",
    "",
    ...table(["name", "kind", "labels", "meaning"], rows),
    "",
  ].join("\n");
}

/** Padded as the formatter pads it, so that formatting the page changes nothing. */
function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}
