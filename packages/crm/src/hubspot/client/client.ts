import type { FormData } from "undici";
import type { Caller } from "../../calls/caller.ts";
import type { CallOptions, CallResult } from "../../port.ts";
import type { Exchange, ExchangeResult } from "../../calls/transport.ts";
import { wellFormedJson } from "../../calls/well-formed-json.ts";
import { hubSpotError, jsonObject } from "./answer.ts";
import type { HubSpotError } from "./answer.ts";
import { toExchangeFault, isHubSpots404, isUniqueConflict, outage } from "./faults.ts";
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

/** One HTTP call to HubSpot, its answer sorted into what a caller can go on with and faults. */
export function createHubSpotClient(caller: Caller, paths: HubSpotPaths): HubSpotClient {
  return {
    paths,
    call: ({ method, path, template, body, write }, options) => {
      const content = isPlain(body)
        ? { headers: { "content-type": "application/json" }, body: wellFormedJson(body) }
        : body === undefined
          ? {}
          : { body };
      return caller.call({ method, path, template, ...content }, options, (result) => sortAnswer(result, write));
    },
  };
}

function isPlain(body: HubSpotCall["body"]): body is object {
  return body !== undefined && Object.getPrototypeOf(body) === Object.prototype;
}

function sortAnswer(result: ExchangeResult, write: boolean): CallResult<HubSpotAnswer> {
  if (result.kind !== "answer") return { ok: false, fault: toExchangeFault(result, write) };
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
  return { ok: false, fault: toExchangeFault(result, write) };
}
