import type { CallFault } from "../port.ts";
import { retryAfter } from "../calls/retry-after.ts";
import type { ExchangeResult } from "../calls/transport.ts";

/**
 * Every `code` of a fault of a CRM of kind `http`.
 *
 * Outages of the tenant's CRM, unless it answers a ping (then of one operation, or of one record): `connect` (DNS, TCP, TLS), `deadline` (over before the first byte), `timeout`, `reset` (both after the first
 * byte), `unreadable` (2xx without what the tenant file says stands there), `redirect`, `endpoint` (404 or 410 that is no JSON, 405, 406,
 * 415: the address, the method or the format is wrong), `401`, `402`, `403`, `408`, `425`, `429`, `5xx`, `lookup-mismatch` (a look-up's
 * answer is about another record), `place` (crm.pipeline or crm.stage is refused).
 * Faults of the record that may pass: `409`, `423`.
 * Faults of the record for good: `400`, `404` (what it refers to is gone), `413`, `422`, `4xx`, `path-value` (an id that cannot stand in a
 * path), `not-configured` (the tenant file has no such request).
 */
export const HTTP_CRM_CODES = [
  "http:connect",
  "http:deadline",
  "http:timeout",
  "http:reset",
  "http:unreadable",
  "http:redirect",
  "http:endpoint",
  "http:401",
  "http:402",
  "http:403",
  "http:408",
  "http:425",
  "http:429",
  "http:5xx",
  "http:lookup-mismatch",
  "http:place",
  "http:409",
  "http:423",
  "http:400",
  "http:404",
  "http:413",
  "http:422",
  "http:4xx",
  "http:path-value",
  "http:not-configured",
] as const;

export type HttpCrmCode = (typeof HTTP_CRM_CODES)[number];

/** Statuses that are about the account as a rule, with what the operator can do. */
const ACCOUNT: Readonly<Record<number, readonly [HttpCrmCode, string]>> = {
  401: ["http:401", "the CRM refuses the credentials; renew crm.token, or authorize crm.oauth again"],
  402: ["http:402", "the CRM wants to be paid"],
  403: ["http:403", "the CRM forbids the call; check what crm.token may do"],
  404: ["http:endpoint", "a 404 that is not JSON, so not about a record; check crm.baseUrl and the request's path"],
  405: ["http:endpoint", "the CRM has no such method there; check the request's method and path"],
  406: ["http:endpoint", "the CRM does not answer in JSON there; check the request's headers"],
  408: ["http:408", "the CRM waited in vain for the request"],
  410: ["http:endpoint", "a 410 that is not JSON, so not about a record; check crm.baseUrl and the request's path"],
  415: ["http:endpoint", "the CRM does not take this content type; check the request's headers"],
  425: ["http:425", "the CRM wants the request later"],
  429: ["http:429", "too many calls"],
};

const RECORD: Readonly<Record<number, readonly [HttpCrmCode, string]>> = {
  400: ["http:400", "the CRM refuses the request"],
  413: ["http:413", "the record or file is too large for the CRM"],
  422: ["http:422", "the CRM refuses a value"],
};

/** The CRM answered that the call may not be. */
const REFUSALS: ReadonlySet<HttpCrmCode> = new Set(["http:402", "http:403", "http:endpoint"]);

export function outage(
  code: HttpCrmCode,
  message: string,
  details: { readonly unknown: boolean; readonly retryAfterMs?: number | undefined },
): CallFault {
  const { unknown, retryAfterMs } = details;
  return {
    kind: "outage",
    code,
    message,
    unknown,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(REFUSALS.has(code) ? { refused: true } : {}),
  };
}

export function passing(code: HttpCrmCode, message: string): CallFault {
  return { kind: "record-passing", code, message, unknown: false };
}

export function permanent(code: HttpCrmCode, message: string): CallFault {
  return { kind: "record-permanent", code, message, unknown: false };
}

/** What the call refers to is not there; `perhaps` where an API refuses such a request as it refuses any other. */
export function gone(fault: CallFault, how: "certain" | "perhaps"): CallFault {
  return fault.kind === "record-permanent" ? { ...fault, gone: how } : fault;
}

/**
 * The fault of an exchange that is neither a success, nor "not there", nor a conflict. `write`: it would have changed something, so that an
 * end without a complete answer, and a 5xx, leave open whether it did.
 */
export function toExchangeFault(result: ExchangeResult, write: boolean): CallFault {
  if (result.kind === "answer") return toStatusFault(result.status, retryAfter(result.headers), write);
  const unknown = write && result.sent;
  switch (result.reason) {
    case "connect":
      return outage("http:connect", "the CRM could not be reached (DNS, TCP or TLS)", { unknown });
    case "timeout":
      return result.sent
        ? outage("http:timeout", "the CRM did not answer before the deadline", { unknown })
        : outage("http:deadline", "no connection was free before the deadline; nothing was sent", { unknown });
    case "reset":
      return outage("http:reset", "the connection broke before the CRM's answer was complete", { unknown });
  }
}

function toStatusFault(status: number, retryAfterMs: number | undefined, write: boolean): CallFault {
  if (status >= 500) return outage("http:5xx", `the CRM answered ${status}`, { unknown: write, retryAfterMs });
  if (status < 300) return outage("http:unreadable", `the CRM answered ${status}`, { unknown: write });
  if (status < 400) {
    return outage("http:redirect", `the CRM answered ${status}; set crm.baseUrl to the API itself`, { unknown: false });
  }
  const account = ACCOUNT[status];
  if (account !== undefined) return outage(account[0], account[1], { unknown: false, retryAfterMs });
  if (status === 423) return passing("http:423", "the record is locked");
  const [code, message] = RECORD[status] ?? ["http:4xx", `the CRM answered ${status}`];
  return permanent(code, message);
}
