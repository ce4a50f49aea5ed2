import { ROOT_CONTEXT, SpanStatusCode, context, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span } from "@opentelemetry/api";

/** Where a row of a batch comes from: its own trace, and when it began to wait. */
export interface BatchOrigin {
  readonly context: Context;
  readonly since: Date;
}

/** Of the row that is being handled now. */
export function batchOrigin(): BatchOrigin {
  return { context: context.active(), since: new Date() };
}

/** Carries out what only one trace is about in that trace. */
export async function inOrigin<T>(origin: BatchOrigin, work: () => Promise<T>): Promise<T> {
  return context.with(origin.context, work);
}

/**
 * A span of its own trace around work for many traces, linked both ways: it links every row's span, and each row's trace gets a span of
 * the same name, from when the row began to wait to the end of the work, which links the batch. OpenTelemetry's way for batches
 * (https://opentelemetry.io/docs/concepts/signals/traces/#span-links): a span has one parent, and the traces stay apart.
 */
export async function withBatchSpan<T>(
  name: string,
  attributes: Attributes,
  rows: readonly BatchOrigin[],
  work: () => Promise<T>,
): Promise<T> {
  const tracer = trace.getTracer("@inlet/telemetry");
  const links = rows.flatMap((row) => {
    const of = trace.getSpanContext(row.context);
    return of === undefined ? [] : [{ context: of }];
  });
  const size = { ...attributes, "inlet.batch.rows": rows.length };
  const batch = tracer.startSpan(name, { root: true, attributes: size, links }, ROOT_CONTEXT);
  const spans = rows.map((row) =>
    tracer.startSpan(
      name,
      { startTime: row.since, attributes: size, links: [{ context: batch.spanContext() }] },
      row.context,
    ),
  );
  const all: readonly Span[] = [batch, ...spans];
  try {
    return await context.with(trace.setSpan(ROOT_CONTEXT, batch), work);
  } catch (error) {
    const { name: message } = error as Error;
    for (const span of all) span.setStatus({ code: SpanStatusCode.ERROR, message });
    throw error;
  } finally {
    for (const span of all) span.end();
  }
}
