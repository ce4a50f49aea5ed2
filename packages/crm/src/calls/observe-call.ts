import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Span } from "@opentelemetry/api";
import type { AdapterLog, CallReport } from "./call-report.ts";
import type { CallResult } from "../port.ts";
import type { ReadBudgets } from "./rate-limit.ts";
import type { Exchange, ExchangeResult } from "./transport.ts";

export interface CallObserver {
  readonly tenant: string;
  readonly baseUrl: URL;
  readonly log: AdapterLog;
  readonly onCall: ((report: CallReport) => void) | undefined;
  readonly readBudgets: ReadBudgets;
}

export interface ObservedCall {
  /** `hubspot`, `odoo`, …: the first word of the operation's name. */
  readonly crm: string;
  readonly method: Exchange["method"];
  /** The path with names for what varies: `/crm/v3/objects/emails/{emailId}`. */
  readonly template: string;
}

/** Makes one HTTP call, and tells a span, the log (faults only) and `onCall` what came of it. */
export async function observeCall<T>(
  observer: CallObserver,
  call: ObservedCall,
  exchange: () => Promise<ExchangeResult>,
  sort: (result: ExchangeResult) => CallResult<T> | Promise<CallResult<T>>,
): Promise<CallResult<T>> {
  const operation = `${call.crm} ${call.method} ${call.template}`;
  const started = performance.now();
  const span = startSpan(operation, call, observer.baseUrl);
  const result = await exchange();
  const sorted = await sort(result);
  endSpan(span, result, sorted);
  const fault = sorted.ok ? null : sorted.fault;
  const status = result.kind === "answer" ? result.status : null;
  if (fault !== null) {
    const { code, unknown, message } = fault;
    const cause = result.kind === "failure" && result.cause !== undefined ? { cause: result.cause } : {};
    observer.log.warn({ tenant: observer.tenant, operation, status, code, unknown, ...cause }, message);
  }
  observer.onCall?.({
    operation,
    status,
    ms: performance.now() - started,
    outcome: fault === null ? "ok" : fault.unknown ? "unknown" : fault.kind,
    code: fault === null ? null : fault.code,
    budgets: result.kind === "answer" ? observer.readBudgets(result.headers) : [],
  });
  return sorted;
}

/** A client span as the OpenTelemetry HTTP conventions name it. The CRM is not ours: no `traceparent` is sent to it. */
function startSpan(operation: string, call: ObservedCall, baseUrl: URL): Span {
  // Asked for each time: a tracer that is kept goes on with the provider that was there when it was first used.
  return trace.getTracer("@inlet/crm").startSpan(operation, {
    kind: SpanKind.CLIENT,
    attributes: {
      "http.request.method": call.method,
      "url.template": call.template,
      "server.address": baseUrl.hostname,
      "server.port": Number(baseUrl.port === "" ? (baseUrl.protocol === "https:" ? 443 : 80) : baseUrl.port),
    },
  });
}

function endSpan(span: Span, result: ExchangeResult, sorted: CallResult<unknown>): void {
  if (result.kind === "answer") span.setAttribute("http.response.status_code", result.status);
  if (result.kind === "failure" && result.cause !== undefined) span.setAttribute("inlet.crm.cause", result.cause);
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
