import type { Caller, CallerRequest } from "../calls/caller.ts";
import { parseLossless } from "../calls/lossless-json.ts";
import type { CallOptions, CallResult } from "../port.ts";
import type { ExchangeResult } from "../calls/transport.ts";
import { refusedProperties } from "./refused-properties.ts";
import { toExchangeFault } from "./faults.ts";

/** The template is the path as the tenant file has it. */
export interface HttpCall extends CallerRequest {
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

/** One call to a CRM of kind `http`, its answer sorted. */
export function createHttpClient(caller: Caller): HttpClient {
  return {
    call: ({ write, template, ...request }, options) =>
      // A query may hold what no one should see in a metric.
      caller.call({ ...request, template: template.split("?")[0] ?? "" }, options, (result) =>
        sortAnswer(result, write, request.body),
      ),
  };
}

function sortAnswer(result: ExchangeResult, write: boolean, sent: unknown): CallResult<HttpAnswer> {
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
  const fault = toExchangeFault(result, write);
  if (fault.kind !== "record-permanent" || result.kind !== "answer") return { ok: false, fault };
  const properties = refusedProperties(result.text, sent);
  return { ok: false, fault: properties.length === 0 ? fault : { ...fault, properties } };
}

function json(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return undefined;
  }
}
