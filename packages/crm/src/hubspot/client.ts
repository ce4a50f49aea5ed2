import type { FormData } from "undici";
import type { AdapterLog, CallReport } from "../call-report.ts";
import { observeCall } from "../observe-call.ts";
import type { CallOptions, CallResult } from "../port.ts";
import type { Exchange, ExchangeResult, Transport } from "../transport.ts";
import { hubSpotError, jsonObject } from "./answer.ts";
import type { HubSpotError } from "./answer.ts";
import { faultOfExchange, isHubSpots404, isUniqueConflict, outage } from "./faults.ts";
import type { HubSpotPaths } from "./paths.ts";

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

/** One HTTP call to HubSpot: deadline, span, report, and the answer sorted into what a caller can go on with and faults. */
export function createHubSpotClient(options: HubSpotClientOptions): HubSpotClient {
  const prefix = options.baseUrl.pathname.replace(/\/+$/, "");

  async function call(request: HubSpotCall, { deadline }: CallOptions): Promise<CallResult<HubSpotAnswer>> {
    const exchange = (): Promise<ExchangeResult> =>
      options.transport.exchange({
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
    return observeCall(options, { crm: "hubspot", ...request }, exchange, (result) =>
      sortAnswer(result, request.write),
    );
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
