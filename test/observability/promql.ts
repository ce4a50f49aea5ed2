import { parser } from "@prometheus-io/lezer-promql";
import { METRICS, type MetricSpec } from "@inlet/telemetry";
import { RECORDINGS } from "./alerts/index.ts";

const SPECS = new Map((Object.values(METRICS) as MetricSpec[]).map((spec) => [spec.name, spec]));
/** Of Prometheus itself and of prom-client, as far as they are used. */
const FOREIGN = new Set([
  "up",
  "process_start_time_seconds",
  "process_resident_memory_bytes",
  "nodejs_eventloop_lag_p99_seconds",
]);
/** Given by the scrape. */
const SCRAPED = new Set(["job", "instance"]);

/** What is wrong with an expression: its grammar, metrics that no service has, labels that they do not have, values that never occur. */
export function findFaults(expr: string): string[] {
  const plain = expr.replaceAll("$__rate_interval", "5m").replaceAll("$__range", "1h");
  const faults: string[] = [];
  const known = new Set<string>();
  const used: string[] = [];
  parser.parse(plain).iterate({
    enter: (node) => {
      const text = plain.slice(node.from, node.to);
      if (node.type.isError) faults.push(`cannot be parsed at ${node.from}: ${plain.slice(node.from, node.from + 30)}`);
      if (node.name === "VectorSelector") faults.push(...findSelectorFaults(text, known));
      if (node.name === "GroupingLabels")
        used.push(
          ...text
            .replaceAll(/[()\s]/g, "")
            .split(",")
            .filter(Boolean),
        );
    },
  });
  return [
    ...faults,
    ...used.filter((label) => !known.has(label)).map((label) => `groups by ${label}, which no metric of it has`),
  ];
}

/** Notes in `known` the labels that the selected metric has. */
function findSelectorFaults(selector: string, known: Set<string>): string[] {
  const name = /^[\w:]+/.exec(selector)?.[0] ?? "";
  for (const label of SCRAPED) known.add(label);
  if (FOREIGN.has(name)) return [];
  if (name.includes(":"))
    return RECORDINGS.some(({ record }) => record === name) ? [] : [`${name} is recorded nowhere`];
  const spec = SPECS.get(name) ?? SPECS.get(name.replace(/_(bucket|sum|count)$/, ""));
  if (spec === undefined) return [`there is no metric ${name}`];
  if (spec.kind === "histogram" && spec.name === name) return [`${name} is a histogram: _bucket, _sum or _count of it`];
  const labels = new Set([...spec.labels, ...(name.endsWith("_bucket") ? ["le"] : [])]);
  for (const label of labels) known.add(label);
  return [...selector.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].flatMap(
    ([, label = "", operator, value = ""]) => {
      if (SCRAPED.has(label)) return [];
      if (!labels.has(label)) return [`${name} has no label ${label}`];
      const closed = spec.values?.[label];
      if (closed === undefined || value.startsWith("$")) return [];
      const named = operator === "=~" || operator === "!~" ? value.split("|") : [value];
      return named
        .filter((each) => /^[\w:-]+$/.test(each) && !closed.includes(each))
        .map((each) => `${name} is never ${label}=${each}`);
    },
  );
}
