import { TraceFlags, context, isSpanContextValid, trace } from "@opentelemetry/api";
import type { Context, Span, SpanOptions, Tracer, TracerProvider } from "@opentelemetry/api";
import { RandomIdGenerator } from "@opentelemetry/sdk-trace";

/**
 * Traces without anybody who takes them: every span has real ids and its parent's trace, so that log lines, records and answers carry them and
 * a service that does export goes on with the same trace. Nothing is recorded: the SDK's spans would cost a request as much as parsing it.
 */
export function propagatingTracerProvider(): TracerProvider {
  const ids = new RandomIdGenerator();

  const startSpan = (_name: string, options: SpanOptions = {}, ctx: Context = context.active()): Span => {
    const parent = options.root === true ? undefined : trace.getSpanContext(ctx);
    const spanId = ids.generateSpanId();
    // As ParentBasedSampler with AlwaysOn at the root: the parent's decision is kept.
    return parent !== undefined && isSpanContextValid(parent)
      ? trace.wrapSpanContext({ ...parent, spanId, isRemote: false })
      : trace.wrapSpanContext({ traceId: ids.generateTraceId(), spanId, traceFlags: TraceFlags.SAMPLED });
  };

  const tracer: Tracer = {
    startSpan,
    startActiveSpan: (name: string, ...rest: unknown[]) => {
      const run = rest.pop() as (span: Span) => unknown;
      const [options, ctx = context.active()] = rest as [SpanOptions?, Context?];
      const span = startSpan(name, options, ctx);
      return context.with(trace.setSpan(ctx, span), run, undefined, span) as never;
    },
  };
  return { getTracer: () => tracer };
}
