import { METRICS, metrics, type MetricKey, type MetricSpec } from "@inlet/telemetry";

type Emit = (...given: unknown[]) => unknown;

/** What this worker's tests made the metrics say: names, and values of closed labels. */
export const emitted = new Set<string>();

for (const [key, spec] of Object.entries(METRICS) as [MetricKey, MetricSpec][]) {
  const instrument = metrics[key] as unknown as Record<string, Emit | undefined>;
  for (const method of ["inc", "set", "observe", "startTimer"]) {
    const emit = instrument[method]?.bind(instrument);
    if (emit === undefined) continue;
    instrument[method] = (...given) => {
      // A zero says nothing: all dependencies are set to it at once.
      if (given.at(-1) !== 0) note(spec, typeof given[0] === "object" ? (given[0] as object) : {});
      return emit(...given);
    };
  }
}

function note({ name, values = {} }: MetricSpec, labels: object): void {
  emitted.add(name);
  for (const [label, value] of Object.entries(labels)) if (label in values) emitted.add(`${name} ${label}=${value}`);
}
