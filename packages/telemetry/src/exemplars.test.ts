import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { METRICS, metrics } from "./metrics.ts";
import type { Telemetry } from "./port.ts";
import { startTelemetry } from "./start-telemetry.ts";
import { tracer } from "./trace-ids.ts";

const collector = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200).end());
});
let telemetry: Telemetry;
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  telemetry = startTelemetry({
    service: "parser",
    version: "0.1.0",
    otlpEndpoint: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    logLevel: "silent",
  });
});
afterAll(async () => {
  await telemetry.shutdown();
  collector.close();
});

it("has exemplars on the four histograms that a person would follow into a trace", () => {
  const with_ = Object.values(METRICS).flatMap((spec) => ("exemplars" in spec ? [spec.name] : []));
  expect(with_).toEqual([
    "inlet_ingest_seconds",
    "inlet_parse_seconds",
    "inlet_end_to_end_seconds",
    "inlet_crm_call_seconds",
  ]);
});

it("names the trace of a sampled observation beside its bucket, and none of one that was not sampled", async () => {
  const labels = { tenant: "exemplars", source: "json" };
  const traceId = tracer("test").startActiveSpan("POST", (span) => {
    metrics.ingestSeconds.observe(labels, 0.2);
    metrics.parseSeconds.observe(0.2);
    span.end();
    return span.spanContext().traceId;
  });
  const unsampled = propagation.extract(ROOT_CONTEXT, { traceparent: `00-${"ab".repeat(16)}-b7ad6b7169203331-00` });
  context.with(trace.setSpan(unsampled, tracer("test").startSpan("POST", {}, unsampled)), () =>
    metrics.ingestSeconds.observe(labels, 0.3),
  );
  metrics.ingestSeconds.observe(labels, 4);
  const { body } = await telemetry.metricsText();
  const lines = body
    .split("\n")
    .filter((line) => line.startsWith("inlet_ingest_seconds_") && line.includes("exemplars"));
  expect(lines.filter((line) => line.includes(" # "))).toEqual([
    expect.stringMatching(new RegExp(`le="0.25".* 1 # \\{trace_id="${traceId}"\\} 0.2 [\\d.]+$`)),
  ]);
  expect(lines.at(-1)).toMatch(/^inlet_ingest_seconds_count\{.*\} 3$/);
  expect(body).toContain(`inlet_parse_seconds_bucket{le="0.25"}`);
  expect(body.endsWith("# EOF\n")).toBe(true);
});
