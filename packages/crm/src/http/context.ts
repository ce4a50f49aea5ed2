import type { AdapterOptions } from "../adapter-options.ts";
import {
  operation,
  type Operation,
  type Found,
  type Location,
  type Lookup,
  type RecordName,
  type ReferredRecordName,
  type Settling,
} from "../port.ts";
import { settling } from "../settling.ts";
import type { RecordCalls } from "./record-calls.ts";
import type { DescribedRequests } from "./requests.ts";

/** What every record type of a described API is made with. */
export interface HttpContext {
  readonly calls: RecordCalls;
  readonly options: Pick<AdapterOptions, "settleMs" | "pipeline" | "stage" | "missingStage">;
}

/**
 * How each type is settled and found: what the tenant's file says of its write decides how an unknown one is settled, and what it leaves out
 * is left to an operator.
 */
export function foundRecord(
  record: RecordName,
  { calls, options }: HttpContext,
): { readonly settle: Settling; readonly lookup: Operation<Lookup, Found> } {
  return {
    settle: settling(toSettleWay(calls.requests[record]), record, options),
    lookup: operation(({ key }, call) => calls.lookup(record, key, call)),
  };
}

/** As {@link foundRecord}, of a record that others refer to. */
export function everyRecord(record: ReferredRecordName, context: HttpContext) {
  const locate: Operation<Location, Found> = operation((location, call) =>
    context.calls.locate(record, location, call),
  );
  return { ...foundRecord(record, context), locate };
}

function toSettleWay(described: DescribedRequests | undefined): Settling["how"] {
  if (described?.idempotent === true) return "upsert-by-key";
  return described?.lookup === undefined ? "none" : "consistent-lookup";
}
