import { context, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, it } from "vitest";
import { batchOrigin, inOrigin, withBatchSpan, type BatchOrigin } from "./batch-span.ts";
import { getTraceId, tracer } from "./trace-ids.ts";

const exporter = new InMemorySpanExporter();
beforeEach(() => {
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  exporter.reset();
  trace.disable();
  context.disable();
});

/** A row in a trace of its own. */
function origin(name: string): BatchOrigin {
  return tracer("test").startActiveSpan(name, { root: true }, ROOT_CONTEXT, (span) => {
    span.end();
    return batchOrigin();
  });
}

const linked = (span: ReadableSpan | undefined): (string | undefined)[] =>
  (span?.links ?? []).map((link) => link.context.traceId);

it("links the batch to each row's trace, and each row's trace to the batch, which is the parent of what it does", async () => {
  const rows = [origin("a"), origin("b")];
  const traces = rows.map((row) => getTraceId(row.context));
  await withBatchSpan("batch call", { "inlet.crm": "hubspot" }, rows, async () => {
    await Promise.resolve();
    tracer("test").startSpan("request").end();
  });
  const spans = exporter.getFinishedSpans().filter(({ name }) => name === "batch call");
  const batch = spans.find(({ parentSpanContext }) => parentSpanContext === undefined);
  expect(linked(batch)).toEqual(traces);
  expect(batch?.attributes).toEqual({ "inlet.crm": "hubspot", "inlet.batch.rows": 2 });
  const batchTrace = batch?.spanContext().traceId;
  expect(traces).not.toContain(batchTrace);
  const own = spans.filter((span) => span !== batch);
  expect(own.map((span) => [span.spanContext().traceId, span.parentSpanContext?.traceId, linked(span)])).toEqual(
    traces.map((id) => [id, id, [batchTrace]]),
  );
  const request = exporter.getFinishedSpans().find(({ name }) => name === "request");
  expect(request?.parentSpanContext?.spanId).toBe(batch?.spanContext().spanId);
});

it("ends every span of work that throws as an error, without its message", async () => {
  const rows = [origin("a"), origin("b")];
  const thrown = withBatchSpan("batch call", {}, rows, async () => Promise.reject(new TypeError("ann@example.com")));
  await expect(thrown).rejects.toThrow(TypeError);
  const spans = exporter.getFinishedSpans().filter(({ name }) => name === "batch call");
  expect(spans.map(({ status }) => status)).toEqual(
    Array.from({ length: 3 }, () => ({ code: SpanStatusCode.ERROR, message: "TypeError" })),
  );
});

it("carries out a row's own work in the row's trace, no matter who asks for it", async () => {
  const row = origin("a");
  const seen = await tracer("test").startActiveSpan("another", async (span) => {
    span.end();
    return inOrigin(row, async () => getTraceId());
  });
  expect(seen).toBe(getTraceId(row.context));
});
