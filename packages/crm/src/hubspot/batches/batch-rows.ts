import type { CallFault, CallOptions, CallResult } from "../../port.ts";
import { batchAnswer } from "../client/answer.ts";
import type { HubSpotRecord } from "../client/answer.ts";
import type { HubSpotClient } from "../client/client.ts";
import { toBatchFault, gone, outage, passing } from "../client/faults.ts";

/** Inputs of a batch call that HubSpot takes (to be tried on a live account). */
export const MOST_ROWS = 100;

export interface BatchWrite {
  readonly path: string;
  readonly inputs: readonly object[];
  /** What names each row in the answer: the value of `property`, whatever its case. */
  readonly keys: readonly string[];
  readonly property: string;
}

/**
 * `batch/create` or `batch/upsert`, taken apart into one result a row. Every input has an `objectWriteTraceId`: with it a create succeeds in
 * part instead of failing whole, and errors name their input (https://developers.hubspot.com/docs/api-reference/error-handling). What a row's
 * key and trace id do not lead to is `unknown`: the answer does not tell.
 */
export async function writeBatch(
  client: HubSpotClient,
  { path, inputs, keys, property }: BatchWrite,
  options: CallOptions,
): Promise<CallResult<readonly CallResult<HubSpotRecord>[]>> {
  const body = { inputs: inputs.map((input, row) => ({ ...input, objectWriteTraceId: String(row) })) };
  const made = await client.call({ method: "POST", path, template: path, write: true, body }, options);
  if (!made.ok) return refused(made.fault, keys);
  if (made.value.kind === "conflict")
    return refused(passing("hubspot:409", "a record of the batch is there already"), keys);
  if (made.value.kind === "not-found") return refused(gone("a record that the batch refers to is gone"), keys);
  const { results, errors } = batchAnswer(made.value.body);
  if (results.length === 0 && errors.length === 0) return nothingCame();
  const byTrace = new Map(results.map((record) => [record.traceId, record]));
  const byKey = new Map(results.map((record) => [record.properties[property]?.toLowerCase(), record]));
  const refusals = new Map(errors.flatMap((error) => error.traceIds.map((traceId) => [traceId, error])));
  return {
    ok: true,
    value: keys.map((key, row) => {
      const record = byTrace.get(String(row)) ?? byKey.get(key.toLowerCase());
      if (record !== undefined) return { ok: true, value: record };
      const error = refusals.get(String(row));
      return { ok: false, fault: error === undefined ? untold() : toBatchFault(error) };
    }),
  };
}

/** `batch/read`: the records that are there, by what the answer says of them. A miss is no failed request in HubSpot's books. */
export async function readBatch(
  client: HubSpotClient,
  read: {
    readonly path: string;
    readonly ids: readonly string[];
    readonly idProperty?: string;
    readonly of: readonly string[];
  },
  options: CallOptions,
): Promise<CallResult<readonly HubSpotRecord[]>> {
  const { path, ids, idProperty, of } = read;
  const body = {
    ...(idProperty === undefined ? {} : { idProperty }),
    properties: of,
    propertiesWithHistory: [],
    inputs: ids.map((id) => ({ id })),
  };
  const found = await client.call({ method: "POST", path, template: path, write: false, body }, options);
  if (!found.ok) return found;
  if (found.value.kind !== "ok") return { ok: true, value: [] };
  const { results, errors } = batchAnswer(found.value.body);
  const error = errors.find(({ category }) => category !== "OBJECT_NOT_FOUND");
  return error === undefined ? { ok: true, value: results } : { ok: false, fault: toBatchFault(error) };
}

/** What a call that failed whole says of its rows: an outage is the account's, anything else may be the fault of one of them. */
export function refused(fault: CallFault, rows: readonly unknown[]): CallResult<readonly CallResult<never>[]> {
  return fault.kind === "outage" ? { ok: false, fault } : { ok: true, value: rows.map(() => ({ ok: false, fault })) };
}

export function nothingCame(): CallResult<never> {
  return {
    ok: false,
    fault: outage("hubspot:unreadable", "a batch answer without results and errors", { unknown: true }),
  };
}

/** Of a row: HubSpot answered the batch, but not what became of this record. */
export function untold(): CallFault {
  const message = "the batch answer does not tell what became of this record";
  return { kind: "record-passing", code: "hubspot:207", message, unknown: true };
}
