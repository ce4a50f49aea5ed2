import type { CallResult } from "./faults.ts";

export interface CallOptions {
  /** When the call is abandoned, by the clock of `performance.now()`, which no one sets; the HTTP client owns this deadline. */
  readonly deadline: number;
}

/** What a call uses of the account's limits: requests, and whatever else the CRM counts (`tokens`). */
export type Cost = { readonly requests: number } & Readonly<Record<string, number>>;

/** Something that a CRM does, and what it costs; charged to the tenant's quotas before the call. */
export interface Operation<Input, Value> {
  (input: Input, options: CallOptions): Promise<CallResult<Value>>;
  /** At most, short of races. */
  readonly cost: Cost;
  /** Where the CRM takes such calls many at a time. */
  readonly batch?: Batch<Input, Value>;
}

/** Many calls of one operation as one. */
export interface Batch<Input, Value> {
  /** For metrics, spans and failpoints. */
  readonly name: string;
  /** Rows that one call takes. */
  readonly most: number;
  /** What a row adds to the call, and what one call takes together, bytes; a row by itself always fits. */
  readonly bytes?: { readonly of: (input: Input) => number; readonly most: number };
  /** Of one call, at most, short of races, whatever its rows. */
  readonly cost: Cost;
  /**
   * Either the call as a whole failed, then its fault is every row's; or each row has its own result, in the order of `inputs`, of which no
   * two have the same key. A row with a record's fault may be sent again, by itself or with fewer others, and the answer to that counts: one
   * bad row makes some CRMs refuse its neighbours, and some do not say what became of a row (`unknown`).
   */
  send(inputs: readonly Input[], options: CallOptions): Promise<CallResult<readonly CallResult<Value>[]>>;
}

/** An operation that costs one request, where nothing else is said. */
export function operation<Input, Value>(
  run: (input: Input, options: CallOptions) => Promise<CallResult<Value>>,
  { cost = { requests: 1 }, batch }: { readonly cost?: Cost; readonly batch?: Batch<Input, Value> } = {},
): Operation<Input, Value> {
  return Object.assign(async (input: Input, options: CallOptions) => run(input, options), {
    cost,
    ...(batch === undefined ? {} : { batch }),
  });
}
