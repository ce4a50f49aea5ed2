import { context, isSpanContextValid, trace } from "@opentelemetry/api";
import type { Context, Tracer } from "@opentelemetry/api";

/** The tracer of a package or service; spans go where `startTelemetry` sends them, and nowhere before it was called. */
export function tracer(name: string): Tracer {
  return trace.getTracer(name);
}

/** The trace id (32 hex digits) of the span in a context, by default the active one; null outside of any span. */
export function getTraceId(ctx: Context = context.active()): string | null {
  const span = trace.getSpanContext(ctx);
  return span !== undefined && isSpanContextValid(span) ? span.traceId : null;
}
