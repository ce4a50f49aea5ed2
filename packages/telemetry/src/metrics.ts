import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { METRICS } from "./metric-names.ts";
import type { MetricKey, MetricSpec } from "./metric-names.ts";

export { METRICS } from "./metric-names.ts";

type InstrumentOf<S extends MetricSpec> = S["kind"] extends "counter"
  ? Counter<S["labels"][number]>
  : S["kind"] extends "gauge"
    ? Gauge<S["labels"][number]>
    : Histogram<S["labels"][number]>;

/** Where every instrument of the process is registered; `/metrics` prints it. */
export const metricsRegistry: Registry = new Registry();

/** Every metric of the table, ready to use: `metrics.ingestRequests.inc({ tenant, source, code })`. Durations are in seconds. */
export const metrics: { readonly [K in MetricKey]: InstrumentOf<(typeof METRICS)[K]> } = instruments();

function instruments(): typeof metrics {
  const made = Object.entries(METRICS).map(([key, spec]) => [key, instrument(spec)]);
  return Object.fromEntries(made) as typeof metrics;
}

function instrument(spec: MetricSpec): Counter | Gauge | Histogram {
  const options = { name: spec.name, help: spec.help, labelNames: spec.labels, registers: [metricsRegistry] };
  if (spec.kind === "counter") return new Counter(options);
  if (spec.kind === "gauge") return new Gauge(options);
  return new Histogram({ ...options, buckets: [...(spec.buckets ?? [])] });
}
