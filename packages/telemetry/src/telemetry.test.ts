import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { metrics } from "./metrics.ts";
import type { Telemetry } from "./port.ts";
import { startTelemetry } from "./start-telemetry.ts";
import { getTraceId, tracer } from "./trace-ids.ts";

let running: Telemetry | undefined;
afterEach(async () => {
  await running?.shutdown();
  running = undefined;
});

function start(otlpEndpoint: string | null): { telemetry: Telemetry; lines: () => Record<string, unknown>[] } {
  const written: string[] = [];
  running = startTelemetry({
    service: "parser",
    version: "0.1.0",
    otlpEndpoint,
    logLevel: "info",
    logStream: { write: (line) => void written.push(line) },
  });
  return { telemetry: running, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("startTelemetry without a collector", () => {
  it("gives real trace ids, keeps them over awaits and writes them on log lines", async () => {
    const { telemetry, lines } = start(null);
    await tracer("test").startActiveSpan("step", async (span) => {
      await Promise.resolve();
      telemetry.log.info({ eventId: "evt_1" }, "parsed");
      expect(getTraceId()).toBe(span.spanContext().traceId);
      span.end();
    });
    telemetry.log.info("outside");
    const [inside, outside] = lines();
    expect(inside).toMatchObject({
      service: "parser",
      version: "0.1.0",
      level: "info",
      eventId: "evt_1",
      msg: "parsed",
    });
    expect(inside?.["trace_id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(inside?.["span_id"]).toMatch(/^[0-9a-f]{16}$/);
    expect(outside).not.toHaveProperty("trace_id");
    expect(getTraceId()).toBeNull();
  });

  it("propagates W3C trace context both ways", () => {
    start(null);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent, tracestate: "vendor=1" });
    context.with(parent, () => {
      tracer("test").startActiveSpan("child", (span) => {
        const carrier: Record<string, string> = {};
        propagation.inject(context.active(), carrier);
        expect(carrier["traceparent"]).toBe(`00-0af7651916cd43dd8448eb211c80319c-${span.spanContext().spanId}-01`);
        expect(carrier["tracestate"]).toBe("vendor=1");
        span.end();
      });
    });
  });

  it("records nothing, keeps a parent's decision not to sample, and starts a new trace at a root", () => {
    start(null);
    const unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent: unsampled });
    const child = tracer("test").startSpan("child", {}, parent);
    expect(child.isRecording()).toBe(false);
    expect(child.spanContext()).toMatchObject({ traceId: "0af7651916cd43dd8448eb211c80319c", traceFlags: 0 });
    const root = tracer("test").startSpan("root", { root: true }, parent).spanContext();
    expect(root.traceId).not.toBe(child.spanContext().traceId);
    expect(root.traceFlags).toBe(1);
  });

  it("prints Inlet's and the process's metrics, after a second start as well", async () => {
    await start(null).telemetry.shutdown();
    const { telemetry } = start(null);
    metrics.signatureFailures.inc({ tenant: "demo", source: "signed-json", reason: "stale" });
    const { contentType, body } = await telemetry.metricsText();
    expect(contentType).toContain("application/openmetrics-text");
    expect(body).toContain('inlet_signature_failures_total{tenant="demo",source="signed-json",reason="stale"} 1');
    expect(body).toContain("process_cpu_seconds_total");
    expect(body).toContain("nodejs_eventloop_lag_seconds");
  });
});

describe("startTelemetry with a collector", () => {
  it("exports every ended span by shutdown, as OTLP protobuf with the service's name", async () => {
    const posts: { url: string; type: string; body: Buffer }[] = [];
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        posts.push({
          url: request.url ?? "",
          type: request.headers["content-type"] ?? "",
          body: Buffer.concat(chunks),
        });
        response.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
    const { telemetry } = start(`http://127.0.0.1:${(collector.address() as AddressInfo).port}/`);
    tracer("test").startActiveSpan("write activity", (span) => span.end());
    await telemetry.shutdown();
    collector.close();
    expect(posts.map((post) => [post.url, post.type])).toEqual([["/v1/traces", "application/x-protobuf"]]);
    expect(posts[0]?.body.includes("write activity")).toBe(true);
    expect(posts[0]?.body.includes("parser")).toBe(true);
  });

  it("shuts down, and says so in the log, when the collector is away", async () => {
    const { telemetry, lines } = start("http://127.0.0.1:9");
    tracer("test").startActiveSpan("lost", (span) => span.end());
    await telemetry.shutdown();
    expect(lines().some((line) => ["warn", "error"].includes(String(line["level"])))).toBe(true);
  });
});
