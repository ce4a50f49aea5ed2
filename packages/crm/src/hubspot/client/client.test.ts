import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Span, SpanOptions, SpanStatus, Tracer, TracerProvider } from "@opentelemetry/api";
import { afterAll, beforeEach, expect, test } from "vitest";
import { fixedToken } from "../../calls/access-tokens.ts";
import { createCaller } from "../../calls/caller.ts";
import type { ExchangeResult } from "../../calls/transport.ts";
import { createHubSpotClient } from "./client.ts";
import { hubSpotPaths } from "./paths.ts";

interface Recorded {
  readonly name: string;
  readonly kind: SpanKind | undefined;
  readonly attributes: Attributes;
  status?: SpanStatus;
  ended?: boolean;
}

const spans: Recorded[] = [];

/** Just enough of a tracer to see what the client records. */
const tracer = {
  startSpan(name: string, options: SpanOptions = {}): Span {
    const recorded: Recorded = { name, kind: options.kind, attributes: { ...options.attributes } };
    spans.push(recorded);
    const span = {
      setAttribute: (key: string, value: string | number | boolean) => void (recorded.attributes[key] = value),
      setAttributes: (more: Attributes) => void Object.assign(recorded.attributes, more),
      setStatus: (status: SpanStatus) => void (recorded.status = status),
      end: () => void (recorded.ended = true),
    };
    return span as unknown as Span;
  },
} as unknown as Tracer;

trace.setGlobalTracerProvider({ getTracer: () => tracer } satisfies TracerProvider);
afterAll(() => trace.disable());
beforeEach(() => void (spans.length = 0));

function clientThatAnswers(
  result: ExchangeResult,
  sent: { headers: Readonly<Record<string, string>>; path: string }[] = [],
) {
  const caller = createCaller("hubspot", {
    transport: {
      exchange: async (request) => {
        sent.push(request);
        return result;
      },
      close: async () => {},
    },
    baseUrl: "https://api.hubapi.com",
    tokens: fixedToken(() => "secret-token"),
    authorization: (token) => ({ authorization: `Bearer ${token}` }),
    timeoutMs: 1000,
    tenant: "demo",
    log: { warn: () => {}, debug: () => {} },
  });
  return createHubSpotClient(caller, hubSpotPaths("v3"));
}

const CALL = {
  method: "PATCH",
  path: "/crm/v3/objects/emails/4711",
  template: "/crm/v3/objects/emails/{emailId}",
  write: true,
} as const;

test("a span per call, named by its template, with the answer's status; no traceparent leaves", async () => {
  const sent: { headers: Readonly<Record<string, string>>; path: string }[] = [];
  const client = clientThatAnswers({ kind: "answer", status: 200, headers: {}, text: "{}" }, sent);
  await client.call(CALL, { deadline: performance.now() + 1000 });
  expect(spans).toEqual([
    {
      name: "hubspot PATCH /crm/v3/objects/emails/{emailId}",
      kind: SpanKind.CLIENT,
      attributes: {
        "http.request.method": "PATCH",
        "url.template": "/crm/v3/objects/emails/{emailId}",
        "server.address": "api.hubapi.com",
        "server.port": 443,
        "http.response.status_code": 200,
      },
      ended: true,
    },
  ]);
  expect(Object.keys(sent[0]?.headers ?? {})).not.toContain("traceparent");
  expect(sent[0]?.path).toBe("/crm/v3/objects/emails/4711");
});

test("a fault ends the span with its code, whether it is unknown, and the wait asked for", async () => {
  const headers = { "retry-after": new Date(Date.now() + 120_000).toUTCString() };
  const client = clientThatAnswers({ kind: "answer", status: 503, headers, text: "<html>mara@example.com</html>" });
  const result = await client.call(CALL, { deadline: performance.now() + 1000 });
  expect(result.ok).toBe(false);
  const [span] = spans;
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: "hubspot:5xx" });
  expect(span?.attributes).toMatchObject({ "error.type": "hubspot:5xx", "inlet.crm.unknown": true });
  const wait = Number(span?.attributes["inlet.crm.retry_after_ms"]);
  expect(wait).toBeGreaterThan(60_000);
  expect(wait).toBeLessThanOrEqual(120_000);
  expect(JSON.stringify([spans, result])).not.toMatch(/mara|secret-token/);
});
