import type { Caller } from "../calls/caller.ts";
import type { CallOptions, CallResult } from "../port.ts";
import type { ExchangeResult } from "../calls/transport.ts";
import { wellFormedJson } from "../calls/well-formed-json.ts";
import { jsonValue, odooError, readRows } from "./answer.ts";
import { toExchangeFault, isMissingRecord, unreadable } from "./faults.ts";

export interface OdooCall {
  /** `crm.lead`. */
  readonly model: string;
  /** A public method of the model, such as `search_read`. */
  readonly method: string;
  /** The method's arguments by name; `ids` for methods of records, `context` for Odoo's context. */
  readonly args: Readonly<Record<string, unknown>>;
  /** False for a call that changes nothing. */
  readonly write: boolean;
}

/** What the method returned, or that a record in `ids` is not there. */
export type OdooAnswer = { readonly kind: "ok"; readonly value: unknown } | { readonly kind: "missing" };

export type OdooRow = Readonly<Record<string, unknown>> & { readonly id: number };

export interface OdooClient {
  call(call: OdooCall, options: CallOptions): Promise<CallResult<OdooAnswer>>;
  /** The rows of a `search_read`, archived records included, at most `limit`; by default by id. */
  rows(
    model: string,
    domain: readonly unknown[],
    fields: readonly string[],
    options: CallOptions & { readonly limit: number; readonly order?: string },
  ): Promise<CallResult<readonly OdooRow[]>>;
  /** The first of them; null when there is none. */
  first(
    model: string,
    domain: readonly unknown[],
    fields: readonly string[],
    options: CallOptions & { readonly order?: string },
  ): Promise<CallResult<OdooRow | null>>;
}

/** Messages come in English, so that they can be told apart, and times are UTC, whatever the key's user prefers. */
const CONTEXT = { lang: "en_US", tz: "UTC" };

/**
 * One call of Odoo's External JSON-2 API (https://www.odoo.com/documentation/19.0/developer/reference/external_api.html).
 * `database`: null where the address serves one only.
 */
export function createOdooClient(caller: Caller, database: string | null): OdooClient {
  const headers = {
    "content-type": "application/json",
    ...(database === null ? {} : { "x-odoo-database": database }),
  };

  async function call(request: OdooCall, options: CallOptions): Promise<CallResult<OdooAnswer>> {
    const { model, method, args, write } = request;
    const path = `/json/2/${model}/${method}`;
    const context = { ...CONTEXT, ...(args["context"] as object | undefined) };
    const body = wellFormedJson({ ...args, context });
    return caller.call({ method: "POST", path, template: path, headers, body }, options, (result) =>
      sortAnswer(result, write),
    );
  }

  const rowsIn: OdooClient["rows"] = async (model, domain, fields, { deadline, limit, order = "id" }) => {
    const args = { domain, fields, limit, order, context: { active_test: false } };
    const answer = await call({ model, method: "search_read", args, write: false }, { deadline });
    if (!answer.ok) return answer;
    const rows = answer.value.kind === "ok" ? readRows(answer.value.value) : [];
    return rows === null ? { ok: false, fault: unreadable(false) } : { ok: true, value: rows };
  };

  return {
    call,
    rows: rowsIn,
    first: async (model, domain, fields, options) => {
      const found = await rowsIn(model, domain, fields, { ...options, limit: 1 });
      return found.ok ? { ok: true, value: found.value[0] ?? null } : found;
    },
  };
}

function sortAnswer(result: ExchangeResult, write: boolean): CallResult<OdooAnswer> {
  if (result.kind === "answer") {
    if (result.status === 200) {
      const value = jsonValue(result.text);
      if (value !== undefined) return { ok: true, value: { kind: "ok", value } };
    } else if (isMissingRecord(result.status, odooError(result.text))) {
      return { ok: true, value: { kind: "missing" } };
    }
  }
  return { ok: false, fault: toExchangeFault(result, write) };
}
