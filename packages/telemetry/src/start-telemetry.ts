import { withTimeout } from "@inlet/resilience";
import { randomUUID } from "node:crypto";
import { context, diag, DiagLogLevel, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler } from "@opentelemetry/sdk-trace";
import type { DestinationStream } from "pino";
import { collectDefaultMetrics } from "prom-client";
import { exporterDiagnostics } from "./exporter-diagnostics.ts";
import { createLogger } from "./logger.ts";
import { metricsRegistry } from "./metrics.ts";
import type { Telemetry } from "./port.ts";
import { propagatingTracerProvider } from "./propagating-tracer.ts";

const SHUTDOWN_LIMIT_MS = 5000;

export interface TelemetryOptions {
  /** `ingest-gateway`, `parser`, … */
  readonly service: string;
  readonly version: string;
  /** OTLP over HTTP, e.g. `http://jaeger:4318`; null keeps ids and propagation but records spans nowhere. */
  readonly otlpEndpoint: string | null;
  readonly logLevel: string;
  /** Where log lines go; stdout by default. */
  readonly logStream?: DestinationStream;
}

/**
 * Starts logging, tracing and metrics of this process; call it once, first, in `main.ts`. Traces carry W3C `traceparent`; a parent's sampling
 * decision is kept, a new trace is sampled. Nothing is instrumented by patching modules, and no resource is looked up over the network.
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const log = createLogger({
    service: options.service,
    version: options.version,
    level: options.logLevel,
    ...(options.logStream === undefined ? {} : { stream: options.logStream }),
  });
  diag.setLogger(exporterDiagnostics(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporter = options.otlpEndpoint === null ? propagateOnly() : exportTo(options.otlpEndpoint, options);
  if (metricsRegistry.getSingleMetric("process_cpu_seconds_total") === undefined) {
    collectDefaultMetrics({ register: metricsRegistry });
  }
  return {
    log,
    metricsText: async () => ({ contentType: metricsRegistry.contentType, body: await metricsRegistry.metrics() }),
    shutdown: async () => {
      const exported = exporter
        .shutdown()
        .catch((error: unknown) => log.warn({ err: error }, "spans could not be exported"));
      await withTimeout(SHUTDOWN_LIMIT_MS, exported, () =>
        log.warn("spans left behind: the exporter did not end in 5 s"),
      );
      trace.disable();
      context.disable();
      propagation.disable();
      diag.disable();
    },
  };
}

function propagateOnly(): { shutdown(): Promise<void> } {
  trace.setGlobalTracerProvider(propagatingTracerProvider());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return { shutdown: () => Promise.resolve() };
}

function exportTo(otlpEndpoint: string, { service, version }: TelemetryOptions): { shutdown(): Promise<void> } {
  const url = `${otlpEndpoint.replace(/\/+$/, "")}/v1/traces`;
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resourceFromAttributes({
      "service.name": service,
      "service.version": version,
      "service.instance.id": randomUUID(),
    }),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    textMapPropagator: new W3CTraceContextPropagator(),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, timeoutMillis: 4000 }),
        scheduledDelayMillis: 1000,
        maxQueueSize: 8192,
      }),
    ],
    // Left out, these default to exporters towards localhost:4318.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  return sdk;
}
