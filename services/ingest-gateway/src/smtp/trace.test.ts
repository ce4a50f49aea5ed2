import { headerText } from "@inlet/kafka";
import { HEADER, topicIn } from "@inlet/schemas";
import { metricsRegistry } from "@inlet/telemetry";
import { SpanKind, context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mailClient } from "../../testing/mail-client.ts";
import { startTestMail } from "../../testing/test-mail.ts";
import type { TestMail } from "../../testing/test-mail.ts";

const exporter = new InMemorySpanExporter();
let mail: TestMail;
beforeEach(async () => {
  exporter.reset();
  metricsRegistry.resetMetrics();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  mail = await startTestMail();
});
afterEach(async () => {
  await mail.servers.close();
  trace.disable();
  context.disable();
  propagation.disable();
});

const BODY = "Message-ID: <m1@client.example>\r\n\r\nHi";

test("each tenant's part of a message is a trace of its own, from the conversation into the record", async () => {
  const client = await mailClient(mail.port("smtp"));
  await client.send({ to: ["sales@acme.example", "hello@globex.example"], body: BODY });
  const spans = exporter.getFinishedSpans();
  const servers = spans.filter(({ kind }) => kind === SpanKind.SERVER);
  const [event] = await mail.events();
  expect(servers.map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined, undefined]);
  expect(new Set(servers.map((span) => span.spanContext().traceId)).size).toBe(2);
  const acme = servers.find(({ attributes }) => attributes["inlet.tenant"] === "acme");
  expect(acme).toMatchObject({
    name: "SMTP message",
    attributes: {
      "network.protocol.name": "smtp",
      "inlet.source": "post",
      "inlet.event_id": event?.eventId,
      "inlet.duplicate": false,
      "inlet.message.size": BODY.length + 2,
    },
  });
  const record = mail.kafka.records(topicIn("rawEvents", "shared"))[0];
  const traceId = acme?.spanContext().traceId ?? "none";
  expect(headerText(record?.headers ?? [], HEADER.traceparent)?.split("-")[1]).toBe(traceId);
});

test("messages and refused recipients are counted as the HTTP endpoint counts", async () => {
  const client = await mailClient(mail.port("smtp"));
  await client.send({ to: ["sales@acme.example"], body: BODY });
  await client.send({ to: ["sales@acme.example"], body: BODY });
  await client.say("MAIL FROM:<>", "RCPT TO:<nobody@acme.example>");
  const text = await metricsRegistry.metrics();
  const lines = text.split("\n");
  expect(lines).toContain('inlet_ingest_requests_total{tenant="acme",source="post",code="250"} 2');
  expect(lines).toContain('inlet_ingest_requests_total{tenant="unknown",source="unknown",code="550"} 1');
  expect(lines).toContain('inlet_ingest_duplicates_total{tenant="acme",source="post"} 1');
  expect(lines).toContain('inlet_ingest_seconds_count{tenant="acme",source="post"} 2');
});
