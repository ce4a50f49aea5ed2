import type { Logger } from "pino";

/** What a process gets from `startTelemetry`. */
export interface Telemetry {
  /** pino, with trace_id and span_id of the active span, and addresses, bodies and secrets redacted. */
  readonly log: Logger;
  /** prom-client text for `/metrics`. */
  metricsText(): Promise<{ contentType: string; body: string }>;
  /** Exports what is left, at most 5 s. */
  shutdown(): Promise<void>;
}
