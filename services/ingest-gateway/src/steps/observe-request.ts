import { errorForLog, hideMessages, metrics, tracer } from "@inlet/telemetry";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace } from "@opentelemetry/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import { getInbound } from "../inbound.ts";
import type { Inbound } from "../inbound.ts";
import type { SignatureAlarm } from "../ops/signature-alarm.ts";

const UNKNOWN = "unknown";

/** Opens the span of a POST (parent: the sender's `traceparent`) and the record of what is found out about it. */
export function openInbound(now: () => number) {
  return async function openInboundStep(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const route = request.routeOptions.url ?? "";
    const span = tracer("ingest-gateway").startSpan(
      `${request.method} ${route}`,
      { kind: SpanKind.SERVER },
      propagation.extract(ROOT_CONTEXT, request.headers),
    );
    // Without a collector nothing is recorded, and the attributes would be made for no one.
    if (span.isRecording()) {
      span.setAttributes({
        "http.request.method": request.method,
        "http.route": route,
        "url.path": request.url.split("?", 1)[0] ?? "",
        "url.scheme": request.protocol,
        "server.address": request.hostname,
        "network.protocol.version": request.raw.httpVersion,
      });
    }
    request.inbound = {
      receivedAt: now(),
      span,
      context: trace.setSpan(ROOT_CONTEXT, span),
      endpoint: null,
      delivery: null,
      signatureFault: null,
      bytes: 0,
      eventId: null,
      duplicate: null,
      problem: null,
      releases: [],
      ended: false,
    };
    const { traceId, spanId } = span.spanContext();
    // W3C Trace Context level 2: lets the sender name this request's trace to us.
    reply.header("traceresponse", `00-${traceId}-${spanId}-01`);
  };
}

/** After the answer: releases what the request held, ends the span, counts, and writes the one wide log line. */
export function closeInbound(alarm: SignatureAlarm) {
  return async function closeInboundStep(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { endpoint, signatureFault, ended } = getInbound(request);
    end(request, reply.statusCode, reply.elapsedTime);
    if (!ended && signatureFault !== null) alarm(endpoint?.tenant.id ?? UNKNOWN, endpoint?.source.name ?? UNKNOWN);
  };
}

/** The sender hung up before the answer. 499 is what nginx logs for it; no one receives it. */
export async function abandonInbound(request: FastifyRequest): Promise<void> {
  end(request, 499, null);
}

function end(request: FastifyRequest, status: number, elapsedMs: number | null): void {
  const inbound = getInbound(request);
  if (inbound.ended) return;
  inbound.ended = true;
  for (const release of inbound.releases) release();
  context.with(inbound.context, () => {
    count(inbound, status, elapsedMs);
    log(request, inbound, status, elapsedMs);
  });
  endSpan(inbound, status);
}

function count(inbound: Inbound, status: number, elapsedMs: number | null): void {
  const tenant = inbound.endpoint?.tenant.id ?? UNKNOWN;
  const source = inbound.endpoint?.source.name ?? UNKNOWN;
  metrics.ingestRequests.inc({ tenant, source, code: String(status) });
  if (elapsedMs !== null) metrics.ingestSeconds.observe({ tenant, source }, elapsedMs / 1000);
  if (inbound.signatureFault !== null)
    metrics.signatureFailures.inc({ tenant, source, reason: inbound.signatureFault });
  if (status < 300 && inbound.eventId !== null) metrics.ingestBytes.observe({ tenant, source }, inbound.bytes);
  if (inbound.duplicate === true) metrics.ingestDuplicates.inc({ tenant, source });
}

function log(request: FastifyRequest, inbound: Inbound, status: number, elapsedMs: number | null): void {
  const { endpoint, problem } = inbound;
  const line = {
    code: problem?.code ?? (status < 300 ? (inbound.eventId === null ? "no_delivery" : "accepted") : "abandoned"),
    status,
    tenant: endpoint?.tenant.id,
    source: endpoint?.source.name,
    kind: endpoint?.source.kind,
    lane: endpoint?.tenant.lane,
    event_id: inbound.eventId ?? undefined,
    duplicate: inbound.duplicate ?? undefined,
    signature_fault: inbound.signatureFault ?? undefined,
    bytes: inbound.bytes,
    ms: elapsedMs === null ? undefined : Math.round(elapsedMs * 10) / 10,
    err: status >= 500 ? showFault(problem) : undefined,
  };
  if (status >= 500) request.log.error(line, "delivery not taken");
  else if (status >= 400) request.log.warn(line, "delivery refused");
  else request.log.info(line, inbound.eventId === null ? "notice of the provider" : "delivery accepted");
}

function endSpan({ span, endpoint, eventId, duplicate, bytes, problem }: Inbound, status: number): void {
  if (!span.isRecording()) return;
  span.setAttribute("http.response.status_code", status);
  span.setAttribute("http.request.body.size", bytes);
  if (endpoint !== null) {
    span.setAttributes({
      "inlet.tenant": endpoint.tenant.id,
      "inlet.source": endpoint.source.name,
      "inlet.lane": endpoint.tenant.lane,
    });
  }
  if (eventId !== null) span.setAttribute("inlet.event_id", eventId);
  if (duplicate !== null) span.setAttribute("inlet.duplicate", duplicate);
  if (problem !== null) span.setAttribute("error.type", problem.code);
  // A 4xx is the sender's error, not the server's (OpenTelemetry HTTP semantic conventions).
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** What is not foreseen may quote the email; what is known to be away does not. */
function showFault(problem: Inbound["problem"]): unknown {
  const fault = problem?.cause ?? problem;
  return problem?.code === "internal_error" ? hideMessages(errorForLog(fault)) : fault;
}
