import { SpanKind, SpanStatusCode, context, propagation, trace } from "@opentelemetry/api";
import type { Link } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createInMemoryKafka } from "../../testing/in-memory-kafka.ts";
import { headerText } from "../port.ts";
import type { KafkaRecord, RecordHeaders } from "../port.ts";
import { getContext, traceHeaders, withProcessSpan } from "./trace-context.ts";

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
});
beforeEach(() => exporter.reset());
afterAll(async () => {
  await provider.shutdown();
  trace.disable();
  propagation.disable();
  context.disable();
});

function record(headers: RecordHeaders): KafkaRecord {
  return {
    topic: "t",
    partition: 3,
    offset: 42n,
    timestamp: 0,
    key: Buffer.from("demo/someone"),
    value: Buffer.alloc(0),
    headers,
  };
}

function inSpan<T>(name: string, work: () => T): T {
  return trace.getTracer("test").startActiveSpan(name, (span) => {
    try {
      return work();
    } finally {
      span.end();
    }
  });
}

function onlySpan(): ReadableSpan {
  const spans = exporter.getFinishedSpans();
  expect(spans).toHaveLength(1);
  return spans[0] as ReadableSpan;
}

describe("withProcessSpan", () => {
  it("is a CONSUMER child of the record's context, whatever is active", async () => {
    const headers: RecordHeaders = [
      ["traceparent", Buffer.from(PARENT)],
      ["tracestate", Buffer.from("vendor=1")],
      ["inlet-tenant", Buffer.from("demo")],
    ];
    const inside = await inSpan("unrelated poll", () =>
      withProcessSpan(record(headers), { groupId: "parser", attributes: { "inlet.step": "parse" } }, (span) => {
        expect(trace.getActiveSpan()).toBe(span);
        return headerText(traceHeaders(), "traceparent");
      }),
    );
    const span = exporter.getFinishedSpans().find(({ name }) => name === "process t") as ReadableSpan;
    expect(span.kind).toBe(SpanKind.CONSUMER);
    expect(span.spanContext().traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    expect(span.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect(inside).toBe(`00-0af7651916cd43dd8448eb211c80319c-${span.spanContext().spanId}-01`);
    expect(span.attributes).toMatchObject({
      "messaging.system": "kafka",
      "messaging.destination.name": "t",
      "messaging.destination.partition.id": "3",
      "messaging.kafka.offset": 42,
      "messaging.consumer.group.name": "parser",
      "inlet.tenant": "demo",
      "inlet.step": "parse",
    });
    expect(JSON.stringify(span.attributes)).not.toContain("someone");
  });

  it("starts a trace of its own for a record without context, with links and a name of the caller's", async () => {
    const link: Link = {
      context: { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 },
    };
    await inSpan("unrelated", () =>
      withProcessSpan(record([]), { groupId: "g", name: "replay t", links: [link] }, () => 1),
    );
    const span = exporter.getFinishedSpans().find(({ name }) => name === "replay t") as ReadableSpan;
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.links.map(({ context: linked }) => linked.spanId)).toEqual(["b7ad6b7169203331"]);
  });

  it.each<[what: string, error: unknown, attributes: object, type: string]>([
    ["an error", new RangeError("ada@customers.example wrote WORDS"), { "error.type": "RangeError" }, "RangeError"],
    [
      "an error with a code",
      Object.assign(new Error("WORDS"), { code: "ECONNREFUSED", body: "WORDS" }),
      { "error.type": "Error", "error.code": "ECONNREFUSED" },
      "Error",
    ],
    [
      "a code that is a text",
      Object.assign(new Error("x"), { code: "WORDS of ada" }),
      { "error.type": "Error" },
      "Error",
    ],
    ["a text", "WORDS", { "error.type": "string" }, "string"],
  ])(
    "says of %s its type and code, and none of its words; ends the span and throws on",
    async (_, error, attributes, type) => {
      const headers: RecordHeaders = [["inlet-event-id", Buffer.from("evt_1")]];
      // oxlint-disable-next-line prefer-promise-reject-errors -- what others throw
      const failing = withProcessSpan(record(headers), { groupId: "parser.acme" }, () => Promise.reject(error));
      await expect(failing).rejects.toBe(error);
      const span = onlySpan();
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: type });
      expect(span.attributes).toMatchObject({
        ...attributes,
        "messaging.message.id": "evt_1",
        "messaging.client.id": "parser",
      });
      expect(span.events).toEqual([]);
      const said = JSON.stringify([span.name, span.attributes, span.status, span.events, span.links]);
      expect(said).not.toMatch(/WORDS|customers\.example/);
    },
  );
});

describe("headers of a sent record", () => {
  it("carry the context that was active at each call, though the records share a batch", async () => {
    const kafka = createInMemoryKafka({ topics: { t: 1 } });
    const producer = await kafka.producer();
    const send = (value: string, headers: RecordHeaders = []): Promise<unknown> =>
      producer.send({ topic: "t", key: "k", value: Buffer.from(value), headers });
    await Promise.all([
      inSpan("first", () => send("0")),
      inSpan("second", () => send("1")),
      inSpan("third", () => send("2", [["traceparent", Buffer.from(PARENT)]])),
      send("3"),
    ]);
    const spans = exporter.getFinishedSpans();
    // A record carries the span of its own send, which is a child of what was active at the call.
    const sendIn = (name: string): string | undefined => {
      const parent = spans.find((span) => span.name === name)?.spanContext().spanId;
      return spans
        .find((span) => span.parentSpanContext?.spanId === parent && span.kind === SpanKind.PRODUCER)
        ?.spanContext().spanId;
    };
    const parents = kafka.records("t").map(({ headers }) => headerText(headers, "traceparent"));
    expect(parents[0]).toContain(sendIn("first"));
    expect(parents[1]).toContain(sendIn("second"));
    expect(parents[2]).toBe(PARENT);
    expect(parents[3]).toBeUndefined();
  });

  it("getContext reads back what traceHeaders wrote, and nothing from a damaged header", () => {
    inSpan("there", () => {
      const own = trace.getActiveSpan()?.spanContext();
      expect(trace.getSpanContext(getContext(traceHeaders()))).toMatchObject({
        traceId: own?.traceId,
        spanId: own?.spanId,
        isRemote: true,
      });
    });
    expect(trace.getSpanContext(getContext([["traceparent", Buffer.from("00-zz")]]))).toBeUndefined();
    expect(traceHeaders()).toEqual([]);
  });
});
