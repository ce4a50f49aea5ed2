import { SKIP_REASONS } from "@inlet/schemas";
import { METRICS } from "@inlet/telemetry";
import { expect, test } from "vitest";

/** N10: what the reference says of a label is what the code knows. */
test.each([["inlet_dropped_records_total", Object.keys(SKIP_REASONS)]])("%s lists its values", (name, values) => {
  const help = Object.values(METRICS).find((metric) => metric.name === name)?.help ?? "";
  expect(/\(([^()]*)\)\.$/.exec(help)?.[1]?.split(", ")).toEqual(values);
});
