import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Span } from "@opentelemetry/api";
import type { FormData } from "undici";
import type { CallFault, CallOptions, CallResult } from "../port.ts";
import type { Exchange, ExchangeResult, Transport } from "../transport.ts";
import { hubSpotError, jsonObject } from "./answer.ts";
import type { HubSpotError } from "./answer.ts";
import { faultOfExchange, isHubSpots404, isUniqueConflict, outage } from "./faults.ts";
import type { HubSpotPaths } from "./paths.ts";

/** What every HTTP call came to, for metrics. */
export interface CallReport {
  /** `hubspot POST /crm/v3/objects/emails`: a template, never an id or an address. */
  readonly operation: string;
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  readonly ms: number;
  /** `ok`, `unknown` (it may have been carried out), or the fault's class. */
  readonly outcome: "ok" | "unknown" | CallFault["kind"];
}

/** The part of a logger that the adapter uses; pino's fits. */
export interface AdapterLog {
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export interface HubSpotCall {
  readonly method: Exchange["method"];
  readonly path: string;
  /** The path with names for what varies: `/crm/v3/objects/emails/{emailId}`. */
  readonly template: string;
  readonly body?: object | FormData;
  /** False for a call that changes nothing, whatever its method. */
  readonly write: boolean;
}

/** A complete answer that the caller decides on: success, "not there", or "another record has this key". */
export type HubSpotAnswer =
  | { readonly kind: "ok"; readonly status: number; readonly body: Record<string, unknown> }
  | { readonly kind: "not-found" }
  | { readonly kind: "conflict"; readonly error: HubSpotError };

export interface HubSpotClient {
  readonly paths: HubSpotPaths;
  call(call: HubSpotCall, options: CallOptions): Promise<CallResult<HubSpotAnswer>>;
}

export interface HubSpotClientOptions {
  readonly transport: Transport;
  readonly baseUrl: URL;
  readonly token: () => string;
  readonly timeoutMs: number;
  readonly paths: HubSpotPaths;
  readonly tenant: string;
  readonly log: AdapterLog;
  readonly onCall: ((report: CallReport) => void) | undefined;
}

const tracer = trace.getTracer("@inlet/crm");

/** One HTTP call to HubSpot: deadline, span, report, and the answer sorted into what a caller can go on with and faults. */
export function createHubSpotClient(options: HubSpotClientOptions): HubSpotClient {
  const { baseUrl, log, tenant } = options;
  const prefix = baseUrl.pathname.replace(/\/+$/, "");

  async function call(request: HubSpotCall, { deadline }: CallOptions): Promise<CallResult<HubSpotAnswer>> {
    const operation = `hubspot ${request.method} ${request.template}`;
    const started = performance.now();
    const span = startSpan(operation, request, baseUrl);
    const result = await options.transport.exchange({
      method: request.method,
      path: prefix + request.path,
      headers: {
        authorization: `Bearer ${options.token()}`,
        accept: "application/json",
        "user-agent": "inlet",
        ...(isPlain(request.body) ? { "content-type": "application/json" } : {}),
      },
      ...(request.body === undefined
        ? {}
        : { body: isPlain(request.body) ? JSON.stringify(request.body) : request.body }),
      deadline: Math.min(deadline, Date.now() + options.timeoutMs),
    });
    const sorted = sortAnswer(result, request.write);
    endSpan(span, result, sorted);
    const fault = sorted.ok ? null : sorted.fault;
    const status = result.kind === "answer" ? result.status : null;
    if (fault !== null)
      log.warn({ tenant, operation, status, code: fault.code, unknown: fault.unknown }, fault.message);
    options.onCall?.({
      operation,
      status,
      ms: performance.now() - started,
      outcome: fault === null ? "ok" : fault.unknown ? "unknown" : fault.kind,
    });
    return sorted;
  }

  return { paths: options.paths, call };
}

function isPlain(body: HubSpotCall["body"]): body is object {
  return body !== undefined && Object.getPrototypeOf(body) === Object.prototype;
}

function sortAnswer(result: ExchangeResult, write: boolean): CallResult<HubSpotAnswer> {
  if (result.kind !== "answer") return { ok: false, fault: faultOfExchange(result, write) };
  if (result.status >= 200 && result.status < 300) {
    const body = result.text === "" ? {} : jsonObject(result.text);
    return body === null
      ? {
          ok: false,
          fault: outage("hubspot:unreadable", "HubSpot's answer is not the JSON expected", { unknown: write }),
        }
      : { ok: true, value: { kind: "ok", status: result.status, body } };
  }
  const error = hubSpotError(result.text);
  if (result.status === 404 && isHubSpots404(error)) return { ok: true, value: { kind: "not-found" } };
  if (isUniqueConflict(result.status, error)) return { ok: true, value: { kind: "conflict", error } };
  return { ok: false, fault: faultOfExchange(result, write) };
}

/** A client span as the OpenTelemetry HTTP conventions name it. The CRM is not ours: no `traceparent` is sent to it. */
function startSpan(operation: string, request: HubSpotCall, baseUrl: URL): Span {
  return tracer.startSpan(operation, {
    kind: SpanKind.CLIENT,
    attributes: {
      "http.request.method": request.method,
      "url.template": request.template,
      "server.address": baseUrl.hostname,
      "server.port": Number(baseUrl.port === "" ? (baseUrl.protocol === "https:" ? 443 : 80) : baseUrl.port),
    },
  });
}

function endSpan(span: Span, result: ExchangeResult, sorted: CallResult<HubSpotAnswer>): void {
  if (result.kind === "answer") span.setAttribute("http.response.status_code", result.status);
  if (!sorted.ok) {
    const { fault } = sorted;
    span.setAttributes({ "error.type": fault.code, "inlet.crm.unknown": fault.unknown });
    if (fault.kind === "outage" && fault.retryAfterMs !== undefined) {
      span.setAttribute("inlet.crm.retry_after_ms", fault.retryAfterMs);
    }
    span.setStatus({ code: SpanStatusCode.ERROR, message: fault.code });
  }
  span.end();
}
