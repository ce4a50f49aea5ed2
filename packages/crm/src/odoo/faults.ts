import type { CallFault } from "../port.ts";
import { retryAfter } from "../calls/retry-after.ts";
import type { ExchangeResult } from "../calls/transport.ts";
import { odooError } from "./answer.ts";
import type { LoadMessage, OdooError } from "./answer.ts";

/**
 * Every `code` of an Odoo fault: the status, or the way in which `load` refused; never Odoo's own message.
 *
 * Outages of the tenant's CRM, unless it answers a ping (then of one operation, or of one record): `connect` (DNS, TCP, TLS), `deadline` (over before the first byte), `timeout`, `reset` (both after the first
 * byte), `unreadable` (2xx that is not the JSON expected), `redirect` and `404:ENDPOINT` (baseUrl or database is wrong), `404:MODEL` (the CRM
 * app is not installed, or Odoo is older than 19), `401`, `403:ACCESS` (the key's user may not), `408`, `429`, `5xx`, `load:PLACE` (crm.pipeline
 * or crm.stage is not in the database), `500:EXCEPTION` (an exception inside Odoo: on this record, or a module is broken for all).
 * Faults of the record that may pass: `conflict` (another transaction was faster).
 * Faults of the record for good: `422` (UserError, ValidationError), `load:REFUSED`, `rule:PLACE` (a rule's stage is not in the database), `404:RECORD`, `403:MOVE`, `400`, `413`, `4xx`.
 */
export const ODOO_CODES = [
  "odoo:connect",
  "odoo:deadline",
  "odoo:timeout",
  "odoo:reset",
  "odoo:unreadable",
  "odoo:redirect",
  "odoo:400",
  "odoo:401",
  "odoo:403:ACCESS",
  "odoo:403:MOVE",
  "odoo:404:ENDPOINT",
  "odoo:404:MODEL",
  "odoo:404:RECORD",
  "odoo:408",
  "odoo:413",
  "odoo:422",
  "odoo:429",
  "odoo:4xx",
  "odoo:5xx",
  "odoo:500:EXCEPTION",
  "odoo:conflict",
  "odoo:load:PLACE",
  "odoo:load:REFUSED",
  "odoo:rule:PLACE",
] as const;

export type OdooCode = (typeof ODOO_CODES)[number];

/** Transactions that lost to another one: SQLSTATE 40001, 40P01, 55P03 and 23505 by their names in psycopg2 and in Postgres' words. */
const LOST = /SerializationFailure|DeadlockDetected|LockNotAvailable|UniqueViolation|ConcurrencyError/;
const LOST_WORDS = /could not serialize access|deadlock detected|could not obtain lock|duplicate key value/i;
/** Odoo's words for a reference to a record that was deleted. */
const GONE_WORDS =
  /No matching record found for database id|does not exist or has been deleted|MissingError|violates foreign key/i;
/** Odoo's words for an AccessError, which `load` answers without its class. */
const NO_ACCESS_WORDS = /not allowed to|AccessError/;
/** A database that Odoo itself cannot reach. */
const DATABASE_AWAY = /^psycopg2\.(OperationalError|InterfaceError|pool\.PoolError)$|PoolError$/;

/** Odoo answered that the call may not be. */
const REFUSALS: ReadonlySet<OdooCode> = new Set(["odoo:403:ACCESS", "odoo:404:ENDPOINT", "odoo:404:MODEL"]);

export function outage(
  code: OdooCode,
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

export function permanent(code: OdooCode, message: string, properties: readonly string[] = []): CallFault {
  const named = properties.length === 0 ? {} : { properties };
  return { kind: "record-permanent", code, message, unknown: false, ...named };
}

/** What the call refers to is not there. */
export function gone(message: string): CallFault {
  return { kind: "record-permanent", code: "odoo:404:RECORD", message, unknown: false, gone: "certain" };
}

/** Odoo runs a call in one transaction: a conflict has rolled all of it back. */
function conflict(): CallFault {
  const message = "another transaction was faster with this record";
  return { kind: "record-passing", code: "odoo:conflict", message, unknown: false };
}

export function unreadable(write: boolean): CallFault {
  return outage("odoo:unreadable", "Odoo's answer is not the JSON expected", { unknown: write });
}

/**
 * The fault of an exchange that is no success. `write`: it would have changed something, so that an end without a complete answer, and a
 * 5xx, leave open whether it did.
 */
export function toExchangeFault(result: ExchangeResult, write: boolean): CallFault {
  if (result.kind === "answer") {
    return toStatusFault(result.status, retryAfter(result.headers), odooError(result.text), write);
  }
  const unknown = write && result.sent;
  switch (result.reason) {
    case "connect":
      return outage("odoo:connect", "Odoo could not be reached (DNS, TCP or TLS)", { unknown });
    case "timeout":
      return result.sent
        ? outage("odoo:timeout", "Odoo did not answer before the deadline", { unknown })
        : outage("odoo:deadline", "no connection was free before the deadline; nothing was sent", { unknown });
    case "reset":
      return outage("odoo:reset", "the connection broke before Odoo's answer was complete", { unknown });
  }
}

/** Why `load` wrote nothing. It answers 200 whatever happened inside, and has rolled back by then. */
export function toLoadFault(messages: readonly LoadMessage[]): CallFault {
  const said = (words: RegExp): boolean => messages.some(({ text }) => words.test(text));
  if (said(LOST_WORDS)) return conflict();
  if (said(NO_ACCESS_WORDS)) return noAccess();
  const fields = messages.flatMap(({ field }) => (field === null ? [] : [field]));
  if (fields.some((field) => field === "team_id" || field === "stage_id")) {
    return outage(
      "odoo:load:PLACE",
      "the database has no such sales team or stage; correct crm.pipeline and crm.stage",
      { unknown: false },
    );
  }
  if (said(GONE_WORDS)) return gone("a record that the request refers to is not there");
  // Two first deals with a new tag both make it; crm.tag is unique by name.
  if (fields.length > 0 && fields.every((field) => field === "tag_ids")) return conflict();
  // Fields of Odoo Studio begin with x_ and may hold digits.
  const named = [
    ...new Set(
      fields.map((field) => field.replace(/\/.*$/, "")).filter((field) => /^[a-z_][a-z0-9_]{0,59}$/.test(field)),
    ),
  ];
  return permanent("odoo:load:REFUSED", "Odoo refuses the record", named);
}

export function isMissingRecord(status: number, error: OdooError): boolean {
  return status === 404 && error.name === "odoo.exceptions.MissingError";
}

function noAccess(): CallFault {
  return outage("odoo:403:ACCESS", "the API key's user lacks access rights; see docs/guides/odoo.md", {
    unknown: false,
  });
}

function toStatusFault(status: number, retryAfterMs: number | undefined, error: OdooError, write: boolean): CallFault {
  if (status >= 500) return serverError(status, retryAfterMs, error, write);
  if (status < 300) return unreadable(write);
  const known = { unknown: false, retryAfterMs };
  if (status < 400) {
    return outage("odoo:redirect", `Odoo answered ${status}; set crm.baseUrl to Odoo itself, with https`, known);
  }
  switch (status) {
    case 400:
      return permanent("odoo:400", "Odoo cannot read the request");
    case 401:
      return outage("odoo:401", "the API key is not valid, or no longer; renew crm.token", known);
    case 403:
      return noAccess();
    case 404:
      if (isMissingRecord(status, error)) return gone("the record is not there");
      return error.name === null
        ? outage("odoo:404:ENDPOINT", "a 404 that is not Odoo's API; check crm.baseUrl and crm.database", known)
        : outage("odoo:404:MODEL", "Odoo lacks a model or method; it must be Odoo 19 with the app CRM", known);
    case 408:
      return outage("odoo:408", "Odoo waited in vain for the request", known);
    case 413:
      return permanent("odoo:413", "the record or file is too large for Odoo or the proxy before it");
    case 422:
      return permanent("odoo:422", "Odoo refuses the record");
    case 429:
      return outage("odoo:429", "too many calls", known);
    default:
      return permanent("odoo:4xx", `Odoo answered ${status}`);
  }
}

/** A 500 with an exception's name is Odoo's own, unless it lacks its database; any other 5xx is of what stands before it. */
function serverError(status: number, retryAfterMs: number | undefined, error: OdooError, write: boolean): CallFault {
  if (error.name !== null && LOST.test(error.name)) return conflict();
  if (status !== 500 || error.name === null || DATABASE_AWAY.test(error.name)) {
    return outage("odoo:5xx", `Odoo answered ${status}`, { unknown: write, retryAfterMs });
  }
  const message = `an exception inside Odoo (${error.name}); its log has the rest`;
  return outage("odoo:500:EXCEPTION", message, { unknown: write, retryAfterMs });
}
