import type { CallFault } from "../../port.ts";
import { MOST_RETRY_AFTER_MS, retryAfter, untilMidnight } from "../../calls/retry-after.ts";
import type { ExchangeResult } from "../../calls/transport.ts";
import { hubSpotError } from "./answer.ts";
import type { HubSpotError } from "./answer.ts";

/**
 * Every `code` of a HubSpot fault. The status and HubSpot's own category, never its `message`.
 *
 * Outages of the tenant's CRM, unless it answers a ping (then of one operation, or of one record): `connect` (DNS, TCP, TLS), `deadline` (over before the first byte), `timeout`, `reset` (both after the first
 * byte), `unreadable` (2xx that is not the JSON expected), `redirect` (baseUrl is wrong), `401`, `403:…`, `408`, `429:…`, `477` (HubSpot moves
 * the account), `5xx`, `404:ENDPOINT` (a 404 that HubSpot did not write: baseUrl is wrong), `400:PROPERTY_MISSING` (Inlet's custom properties are gone and cannot be made again),
 * `400:STAGE_MISSING` (crm.pipeline or crm.stage is not in the account).
 * Faults of the record that may pass: `409`, `423`, `207` (a partial failure without a category), `lookup-lag` (a conflict, and the other
 * record cannot be found yet).
 * Faults of the record for good: the other `400:…`, `404`, `413`, `4xx`, `filename-missing`; `400:PLACE` (a pipeline or stage that people removed) and `400:OWNER` (a user who left) are met by
 * another place, and by no owner.
 */
export const HUBSPOT_CODES = [
  "hubspot:connect",
  "hubspot:deadline",
  "hubspot:timeout",
  "hubspot:reset",
  "hubspot:unreadable",
  "hubspot:redirect",
  "hubspot:401",
  "hubspot:403:MISSING_SCOPES",
  "hubspot:403:PLAN_LIMIT",
  "hubspot:403:FORBIDDEN",
  "hubspot:408",
  "hubspot:429:DAILY",
  "hubspot:429:TEN_SECONDLY_ROLLING",
  "hubspot:429:SECONDLY",
  "hubspot:429:OTHER",
  "hubspot:477",
  "hubspot:5xx",
  "hubspot:400:PROPERTY_MISSING",
  "hubspot:400:STAGE_MISSING",
  "hubspot:400:VALIDATION_ERROR",
  "hubspot:400:PLACE",
  "hubspot:400:OWNER",
  "hubspot:400:INVALID_EMAIL",
  "hubspot:400:INVALID_JSON",
  "hubspot:400:OTHER",
  "hubspot:404",
  "hubspot:404:ENDPOINT",
  "hubspot:409",
  "hubspot:413",
  "hubspot:423",
  "hubspot:4xx",
  "hubspot:207",
  "hubspot:lookup-lag",
  "hubspot:filename-missing",
] as const;

export type HubSpotCode = (typeof HUBSPOT_CODES)[number];

/** How long a daily quota's circuit waits before it looks again: the account's midnight is in a time zone that the answer does not name. */
const DAILY_WAIT_MS = 15 * 60_000;

/** HubSpot answered that the call may not be. */
const REFUSALS: ReadonlySet<HubSpotCode> = new Set([
  "hubspot:403:MISSING_SCOPES",
  "hubspot:403:PLAN_LIMIT",
  "hubspot:403:FORBIDDEN",
  "hubspot:404:ENDPOINT",
]);

/** Limits that HubSpot names as the account's. */
const OF_ACCOUNT: ReadonlySet<HubSpotCode> = new Set([
  "hubspot:429:DAILY",
  "hubspot:429:TEN_SECONDLY_ROLLING",
  "hubspot:477",
]);

export function outage(
  code: HubSpotCode,
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
    ...(OF_ACCOUNT.has(code) ? { ofAccount: true } : {}),
  };
}

export function passing(code: HubSpotCode, message: string): CallFault {
  return { kind: "record-passing", code, message, unknown: false };
}

export function permanent(code: HubSpotCode, message: string, properties: readonly string[] = []): CallFault {
  const named = properties.length === 0 ? {} : { properties };
  return { kind: "record-permanent", code, message, unknown: false, ...named };
}

/** What the call refers to is not there. */
export function gone(message: string): CallFault {
  return { kind: "record-permanent", code: "hubspot:404", message, unknown: false, gone: "certain" };
}

/**
 * The fault of an exchange that is no success. `write`: it would have changed something, so that an end without a complete answer, and a
 * 5xx, leave open whether it did.
 */
export function toExchangeFault(result: ExchangeResult, write: boolean): CallFault {
  if (result.kind === "answer") return toStatusFault(result.status, result.headers, hubSpotError(result.text), write);
  const unknown = write && result.sent;
  switch (result.reason) {
    case "connect":
      return outage("hubspot:connect", "HubSpot could not be reached (DNS, TCP or TLS)", { unknown });
    case "timeout":
      return result.sent
        ? outage("hubspot:timeout", "HubSpot did not answer before the deadline", { unknown })
        : outage("hubspot:deadline", "no connection was free before the deadline; nothing was sent", { unknown });
    case "reset":
      return outage("hubspot:reset", "the connection broke before HubSpot's answer was complete", { unknown });
  }
}

/** The fault of one entry in a 207's `errors`; the entry itself was not carried out. */
export function toBatchFault(error: HubSpotError): CallFault {
  const category = error.category ?? "";
  if (category === "VALIDATION_ERROR") return badRequest(error);
  if (category === "CONFLICT") return passing("hubspot:409", said("a record with this key is there already", error));
  if (category === "OBJECT_NOT_FOUND") return gone(said("the record is not there", error));
  if (category === "RATE_LIMITS" || error.errorType === "RATE_LIMIT") return rateLimit({}, error);
  return passing("hubspot:207", said("HubSpot left this record out of a batch", error));
}

export function isUniqueConflict(status: number, error: HubSpotError): boolean {
  return status === 409 || (status === 400 && error.text.includes("CONFLICTING_UNIQUE_VALUE"));
}

/** HubSpot's own "not there" carries a correlation id; a proxy's or a wrong path's does not, and says nothing about a record. */
export function isHubSpots404(error: HubSpotError): boolean {
  return error.correlationId !== null;
}

export function isPropertyMissing(fault: CallFault): boolean {
  return fault.code === "hubspot:400:PROPERTY_MISSING";
}

function toStatusFault(
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  error: HubSpotError,
  write: boolean,
): CallFault {
  const retryAfterMs = retryAfter(headers);
  if (status >= 500) {
    return outage("hubspot:5xx", said(`HubSpot answered ${status}`, error), { unknown: write, retryAfterMs });
  }
  if (status < 300)
    return outage("hubspot:unreadable", "HubSpot's answer is not the JSON expected", { unknown: write });
  if (status < 400) {
    return outage("hubspot:redirect", `HubSpot answered ${status}; set crm.baseUrl to the API itself`, {
      unknown: false,
    });
  }
  switch (status) {
    case 400:
      return badRequest(error);
    case 401:
      return outage(
        "hubspot:401",
        said("the token is not valid; renew crm.token, or authorize crm.oauth again", error),
        {
          unknown: false,
          retryAfterMs,
        },
      );
    case 403:
      return forbidden(error, retryAfterMs);
    case 404:
      return isHubSpots404(error)
        ? gone(said("the record is not there", error))
        : outage("hubspot:404:ENDPOINT", "a 404 that is not HubSpot's; check crm.baseUrl and crm.apiVersion", {
            unknown: false,
          });
    case 408:
      return outage("hubspot:408", said("HubSpot waited in vain for the request", error), {
        unknown: false,
        retryAfterMs,
      });
    case 409:
      return passing("hubspot:409", said("a record with this key is there already", error));
    case 413:
      return permanent("hubspot:413", said("the record or file is too large for HubSpot", error));
    case 423:
      return passing("hubspot:423", said("the record is locked", error));
    case 429:
      return rateLimit(headers, error);
    case 477:
      return outage("hubspot:477", said("HubSpot is moving the account", error), { unknown: false, retryAfterMs });
    default:
      return permanent("hubspot:4xx", said(`HubSpot answered ${status}`, error));
  }
}

function badRequest(error: HubSpotError): CallFault {
  if (/PROPERTY_DOESNT_EXIST/.test(error.text)) {
    // A missing property is the account's fault, not the email's: with it, every email would be refused.
    return /\binlet_/.test(error.text)
      ? outage("hubspot:400:PROPERTY_MISSING", said("Inlet's custom properties are missing in the account", error), {
          unknown: false,
        })
      : permanent("hubspot:400:VALIDATION_ERROR", said("HubSpot does not know a property", error));
  }
  // HubSpot's other way to say that what a create refers to is not there.
  if (/INVALID_OBJECT_IDS|associations are not valid/i.test(error.text)) {
    return gone(said("a record that the request refers to is not there", error));
  }
  const properties = refusedProperties(error.text);
  if (/INVALID_EMAIL/.test(error.text)) {
    return permanent("hubspot:400:INVALID_EMAIL", said("HubSpot refuses the address", error), properties);
  }
  if (properties.some((name) => name === "dealstage" || name === "pipeline")) {
    return permanent("hubspot:400:PLACE", said("HubSpot has no such pipeline or stage", error), properties);
  }
  if (properties.includes("hubspot_owner_id")) {
    return permanent("hubspot:400:OWNER", said("HubSpot has no such owner any more", error), properties);
  }
  if (error.category === "INVALID_JSON" || /INVALID_JSON/.test(error.text)) {
    return permanent("hubspot:400:INVALID_JSON", said("HubSpot cannot read the request", error));
  }
  return error.category === "VALIDATION_ERROR"
    ? permanent("hubspot:400:VALIDATION_ERROR", said("HubSpot refuses a value", error), properties)
    : permanent("hubspot:400:OTHER", said("HubSpot refuses the request", error));
}

/** Names of the properties that an answer is about: in `errors[].context`, in the list that its message quotes, or in its words. */
function refusedProperties(text: string): string[] {
  const named = [...text.matchAll(/\\*"(?:name|propertyName)\\*":\s*\[?\\*"([a-z][a-z0-9_]{0,99})\\*"/g)].map(
    ([, name = ""]) => name,
  );
  const missing = /were not set[^([]{0,40}[([]([a-z0-9_, ]{1,500})[)\]]/.exec(text)?.[1]?.split(/,\s*/) ?? [];
  return [...new Set([...named, ...missing])].slice(0, 10);
}

/** A 403 has several meanings: the body decides. None of them is the email's fault. */
function forbidden(error: HubSpotError, retryAfterMs: number | undefined): CallFault {
  const details = { unknown: false, retryAfterMs };
  const hints = [error.category, error.subCategory, error.errorType].join(" ");
  if (/MISSING_SCOPES/.test(hints)) {
    return outage(
      "hubspot:403:MISSING_SCOPES",
      said("the token lacks scopes; see the adapter's README", error),
      details,
    );
  }
  if (/LIMIT|CAP|QUOTA|EXCEEDED/.test(hints)) {
    return outage("hubspot:403:PLAN_LIMIT", said("the account's plan is used up", error), details);
  }
  return outage("hubspot:403:FORBIDDEN", said("HubSpot forbids the call", error), details);
}

function rateLimit(headers: Readonly<Record<string, string | undefined>>, error: HubSpotError): CallFault {
  // A day's quota lasts until midnight; nothing else that a header asks for is waited for so long.
  const asked = retryAfter(headers, error.policyName === "DAILY" ? untilMidnight() : undefined);
  const details = (fallback: number): { unknown: false; retryAfterMs: number } => ({
    unknown: false,
    retryAfterMs: asked ?? fallback,
  });
  const interval = Number(headers["x-hubspot-ratelimit-interval-milliseconds"]);
  const window = interval > 0 ? Math.min(interval, MOST_RETRY_AFTER_MS) : 10_000;
  switch (error.policyName) {
    case "DAILY":
      return outage("hubspot:429:DAILY", said("the account's daily quota is used up", error), details(DAILY_WAIT_MS));
    case "TEN_SECONDLY_ROLLING":
      return outage("hubspot:429:TEN_SECONDLY_ROLLING", said("too many calls in 10 s", error), details(window));
    case "SECONDLY":
      return outage("hubspot:429:SECONDLY", said("too many calls in a second", error), details(1_000));
    default:
      return outage("hubspot:429:OTHER", said("too many calls", error), details(window));
  }
}

function said(what: string, error: HubSpotError): string {
  const id = error.correlationId;
  return id !== null && /^[0-9a-zA-Z-]{1,64}$/.test(id) ? `${what} (correlation id ${id})` : what;
}
