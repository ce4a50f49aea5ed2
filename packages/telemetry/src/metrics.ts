import { trace } from "@opentelemetry/api";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { METRICS } from "./metric-names.ts";
import type { MetricKey, MetricSpec } from "./metric-names.ts";

export { METRICS } from "./metric-names.ts";

/** Every label must be given, and a closed one holds none but its values. */
type LabelsOf<S extends MetricSpec> = {
  readonly [L in S["labels"][number]]: S extends { readonly values: Readonly<Record<L, readonly (infer V)[]>> }
    ? V
    : string | number;
};
type Change<S extends MetricSpec> = S["labels"] extends readonly []
  ? (value?: number) => void
  : (labels: LabelsOf<S>, value?: number) => void;
type Measure<S extends MetricSpec> = S["labels"] extends readonly []
  ? (value: number) => void
  : (labels: LabelsOf<S>, value: number) => void;

type InstrumentOf<S extends MetricSpec> = S["kind"] extends "counter"
  ? Omit<Counter, "inc"> & { inc: Change<S> }
  : S["kind"] extends "gauge"
    ? Omit<Gauge, "inc" | "set" | "remove"> & {
        inc: Change<S>;
        set: Measure<S>;
        remove: (labels: LabelsOf<S>) => void;
      }
    : Omit<Histogram, "observe" | "startTimer"> & {
        observe: Measure<S>;
        startTimer: (labels: LabelsOf<S>) => () => number;
      };

/** Where every instrument of the process is registered; `/metrics` prints it, as OpenMetrics, which alone has exemplars. */
export const metricsRegistry = createOpenMetricsRegistry();

/** Every metric of the table, ready to use: `metrics.ingestRequests.inc({ tenant, source, code })`. Durations are in seconds. */
export const metrics: { readonly [K in MetricKey]: InstrumentOf<(typeof METRICS)[K]> } = instruments();

function createOpenMetricsRegistry(): Registry {
  const registry = new Registry();
  // Its constructor takes the type as well, which its declarations do not know.
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  return registry;
}

function instruments(): typeof metrics {
  const made = Object.entries(METRICS).map(([key, spec]) => [key, instrument(spec)]);
  return Object.fromEntries(made) as typeof metrics;
}

function instrument(spec: MetricSpec): Counter | Gauge | Histogram {
  const options = { name: spec.name, help: spec.help, labelNames: spec.labels, registers: [metricsRegistry] };
  if (spec.kind === "counter") return withZeros(new Counter(options), spec);
  if (spec.kind === "gauge") return new Gauge(options);
  const histogram = { ...options, buckets: [...(spec.buckets ?? [])] };
  return spec.exemplars === true
    ? withExemplars(new Histogram({ ...histogram, enableExemplars: true }))
    : new Histogram(histogram);
}

/** A counter whose every series is known begins with them: Prometheus sees a series that begins at 1 as one that has not grown. */
function withZeros(counter: Counter, { labels, values = {} }: MetricSpec): Counter {
  const [label] = labels;
  if (label !== undefined && labels.length === 1)
    for (const value of values[label] ?? []) counter.inc({ [label]: value }, 0);
  return counter;
}

/** A histogram that is observed like any other, and takes the trace id from the active span where that is recorded. */
function withExemplars(histogram: Histogram): Histogram {
  const observe = histogram.observe.bind(histogram) as (given: {
    labels: object;
    value: number;
    exemplarLabels?: { trace_id: string };
  }) => void;
  return Object.assign(histogram, {
    observe: (...given: [number] | [object, number]) => {
      const [labels, value] = given.length === 1 ? [{}, given[0]] : given;
      const span = trace.getActiveSpan();
      // A trace that was not sampled leads nowhere.
      if (span === undefined || !span.isRecording()) observe({ labels, value });
      else observe({ labels, value, exemplarLabels: { trace_id: span.spanContext().traceId } });
    },
  });
}
