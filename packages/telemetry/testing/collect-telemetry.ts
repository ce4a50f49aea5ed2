import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Logger } from "pino";
import { createLogger } from "../src/logger.ts";
import { metricsRegistry } from "../src/metrics.ts";

export interface CollectedTelemetry {
  /** The logger of a service, whose lines are kept here. */
  readonly log: Logger;
  /** All log lines, all that spans carry, and the page of metrics, as text. */
  read(): Promise<Record<"logs" | "spans" | "metrics", string>>;
  /** Puts back what is global to the process. */
  stop(): void;
}

/** What a process tells those who operate it, kept in memory. The tracer is the process's own: {@link CollectedTelemetry.stop} takes it away. */
export function collectTelemetry(): CollectedTelemetry {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  return {
    log: createLogger({ service: "test", version: "0", level: "debug", stream }),
    read: async () => {
      const spans = exporter.getFinishedSpans().map(({ name, attributes, events, status, links }) => ({
        name,
        attributes,
        events,
        status,
        links: links.map((link) => link.attributes),
      }));
      return { logs: lines.join(""), spans: JSON.stringify(spans), metrics: await metricsRegistry.metrics() };
    },
    stop: () => trace.disable(),
  };
}
