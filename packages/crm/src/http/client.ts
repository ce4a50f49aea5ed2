import type { FormData } from "undici";
import type { AdapterLog, CallReport } from "../call-report.ts";
import { observeCall } from "../observe-call.ts";
import type { CallOptions, CallResult } from "../port.ts";
import type { Exchange, ExchangeResult, Transport } from "../transport.ts";
import { faultOfExchange } from "./faults.ts";

export interface HttpCall {
  readonly method: Exchange["method"];
  /** Behind the base URL's path, filled. */
  readonly path: string;
  /** The path as the tenant file has it: names the operation in spans and metrics. */
  readonly template: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  /** False for a call that changes nothing, whatever its method. */
  readonly write: boolean;
}

/** A complete answer that the caller decides on. `body`: the JSON in it; undefined where there is none. */
export type HttpAnswer =
  | { readonly kind: "ok"; readonly body: unknown }
  | { readonly kind: "not-found" }
  | { readonly kind: "conflict" };

export interface HttpClient {
  call(call: HttpCall, options: CallOptions): Promise<CallResult<HttpAnswer>>;
}

export interface HttpClientOptions {
  readonly transport: Transport;
  readonly baseUrl: URL;
  /** The credentials' header; read for every call. */
  readonly authorization: () => Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly tenant: string;
  readonly log: AdapterLog;
  readonly onCall: ((report: CallReport) => void) | undefined;
}

/** One call to a CRM of kind `http`: credentials, deadline, span, report, and the answer sorted. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const prefix = options.baseUrl.pathname.replace(/\/+$/, "");
  return {
    call: (call, { deadline }) => {
      const exchange = (): Promise<ExchangeResult> =>
        options.transport.exchange({
          method: call.method,
          path: prefix + call.path,
          headers: { accept: "application/json", "user-agent": "inlet", ...call.headers, ...options.authorization() },
          ...(call.body === undefined ? {} : { body: call.body }),
          deadline: Math.min(deadline, Date.now() + options.timeoutMs),
        });
      // A query may hold what nobody should see in a metric.
      const template = call.template.split("?")[0] ?? "";
      return observeCall(options, { crm: "http", method: call.method, template }, exchange, (result) =>
        sortAnswer(result, call.write),
      );
    },
  };
}

function sortAnswer(result: ExchangeResult, write: boolean): CallResult<HttpAnswer> {
  if (result.kind === "answer") {
    const { status, text } = result;
    const body = json(text);
    if (status >= 200 && status < 300) return { ok: true, value: { kind: "ok", body } };
    if (status === 409) return { ok: true, value: { kind: "conflict" } };
    // An API says in JSON that a record is not there; a proxy, or a wrong address, says nothing about records.
    if ((status === 404 || status === 410) && typeof body === "object" && body !== null) {
      return { ok: true, value: { kind: "not-found" } };
    }
  }
  return { ok: false, fault: faultOfExchange(result, write) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
