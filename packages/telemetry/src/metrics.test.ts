import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { METRICS } from "./metric-names.ts";
import type { MetricSpec } from "./metric-names.ts";
import { metricsReference } from "./metrics-reference.ts";
import { metrics, metricsRegistry } from "./metrics.ts";

const specs = Object.entries(METRICS) as [string, MetricSpec][];

describe("the table of metrics", () => {
  it("is what docs/reference/metrics.md says", () => {
    const page = readFileSync(new URL("../../../docs/reference/metrics.md", import.meta.url), "utf8");
    expect(page).toBe(metricsReference());
  });

  it.each(specs)("%s has a conventional name and an instrument", (key, spec) => {
    expect(spec.name).toMatch(/^inlet_[a-z]+(_[a-z]+)*$/);
    expect(spec.name.endsWith("_total")).toBe(spec.kind === "counter");
    if (spec.kind === "histogram") expect(spec.name).toMatch(/_(seconds|bytes|rows)$/);
    expect(spec.help.endsWith(".")).toBe(true);
    expect(metricsRegistry.getSingleMetric(spec.name)).toBe(metrics[key as keyof typeof metrics]);
  });

  it("has no label that would grow without bound or name a person", () => {
    const labels = new Set(specs.flatMap(([, spec]) => spec.labels));
    for (const label of ["email", "address", "eventId", "event_id", "emailKey", "messageId", "subject", "traceId"]) {
      expect(labels).not.toContain(label);
    }
  });
});
