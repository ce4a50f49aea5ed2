import { headerText } from "@inlet/kafka";
import { createInMemoryKafka } from "@inlet/kafka/testing";
import type { InMemoryKafka } from "@inlet/kafka/testing";
import { HEADER, TOPICS, buildEventId } from "@inlet/schemas";
import { SpanKind, context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { TracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";

let kafka: InMemoryKafka;
let gateway: TestGateway;
const email = { eventId: "evt-1", subject: "Hi" };
const records = () => kafka.records(TOPICS.rawEvents.name);

beforeEach(async () => {
  kafka = createInMemoryKafka({ sendTimeoutMs: 2000 });
  gateway = await startTestGateway({ producer: await kafka.producer() });
});
afterEach(() => gateway.app.close());

test("Kafka away: 503, nothing claimed; back: the sender's retry is on the topic once", async () => {
  kafka.faults.unavailable(true);
  expect((await gateway.postJson(email)).json()).toMatchObject({ status: 503, code: "storage_unavailable" });
  kafka.faults.unavailable(false);
  expect((await gateway.postJson(email)).json()).toMatchObject({ duplicate: false });
  expect((await gateway.postJson(email)).json()).toMatchObject({ duplicate: true });
  const ids = records().map(({ headers }) => headerText(headers, HEADER.eventId));
  expect(ids).toEqual([buildEventId("acme", "json", "evt-1")]);
});

test("hundreds of deliveries at once are all on the topic, spread over its partitions", async () => {
  await gateway.app.close();
  // Under load a producer that gives up early would be what is tested.
  kafka = createInMemoryKafka({ sendTimeoutMs: 15_000 });
  gateway = await startTestGateway({ producer: await kafka.producer(), deadlineMs: 15_000 });
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, index) => gateway.postJson({ eventId: `evt-${index}` })),
  );
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([202]));
  expect(new Set(records().map(({ key }) => key?.toString())).size).toBe(300);
  expect(new Set(records().map(({ partition }) => partition)).size).toBeGreaterThan(6);
});

describe("the trace", () => {
  const exporter = new InMemorySpanExporter();
  beforeEach(() => {
    exporter.reset();
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  });
  afterEach(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });

  test("goes on from the sender's through POST and produce into the record", async () => {
    const sender = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
    const response = await gateway.postJson(email, {
      headers: { traceparent: `00-${sender.traceId}-${sender.spanId}-01` },
    });
    const spans = exporter.getFinishedSpans();
    const server = spans.find(({ kind }) => kind === SpanKind.SERVER);
    const producer = spans.find(({ kind }) => kind === SpanKind.PRODUCER);
    expect(spans).toHaveLength(2);
    expect(server).toMatchObject({
      name: "POST /v1/inbound/:tenant/:source",
      parentSpanContext: { spanId: sender.spanId },
      attributes: {
        "http.request.method": "POST",
        "http.route": "/v1/inbound/:tenant/:source",
        "http.response.status_code": 202,
        "inlet.tenant": "acme",
        "inlet.source": "json",
        "inlet.event_id": buildEventId("acme", "json", "evt-1"),
        "inlet.duplicate": false,
      },
    });
    expect(producer).toMatchObject({ parentSpanContext: { spanId: server?.spanContext().spanId } });
    const inRecord = `00-${sender.traceId}-${producer?.spanContext().spanId}-01`;
    expect(headerText(records()[0]?.headers ?? [], HEADER.traceparent)).toBe(inRecord);
    expect(response.headers["traceresponse"]).toBe(`00-${sender.traceId}-${server?.spanContext().spanId}-01`);
  });

  test("without a sender's it is a new one for each delivery, also for what is refused", async () => {
    await Promise.all([gateway.postJson(email), gateway.postJson({ eventId: "evt-2" })]);
    await gateway.postJson(email, { headers: { "x-webhook-signature": "0".repeat(64) } });
    const servers = exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.SERVER);
    expect(new Set(servers.map((span) => span.spanContext().traceId)).size).toBe(3);
    expect(
      servers.find(({ attributes }) => attributes["http.response.status_code"] === 401)?.attributes["error.type"],
    ).toBe("signature_mismatch");
  });
});
