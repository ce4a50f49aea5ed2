import { setTimeout as sleep } from "node:timers/promises";
import type { Batch, CallFault, CallResult, Cost, Crm, Operation } from "@inlet/crm";
import type { Gate } from "@inlet/ledger";
import { createBatcher, type CallOutcome, type Circuit, type Batcher } from "@inlet/resilience";
import { batchOrigin, inOrigin, metrics, withBatchSpan, type BatchOrigin } from "@inlet/telemetry";
import type { AccountQuotas } from "./account-quotas.ts";
import { MIN_CALL_MS, quotaWaitMs } from "../limits.ts";

/** What became of a call: it was not made, for buffer mode, without a token or of time, or since the circuit is open; or it was answered. */
export type CallEnd<T> =
  | { readonly kind: "buffered" }
  | { readonly kind: "no-token"; readonly retryInMs: number }
  | { readonly kind: "late" }
  | { readonly kind: "open"; readonly probeInMs: number }
  | { readonly kind: "answered"; readonly result: CallResult<T> };

/** One email's call of an operation that the CRM takes many at a time. */
export interface BatchedCall<Input, Value> {
  /** The email's step: the operation for the circuit. */
  readonly step: string;
  readonly operation: Operation<Input, Value>;
  readonly input: Input;
  /** Of the record that it writes; null for a call that only reads. */
  readonly key: string | null;
  /** The email's own, of the clock that no one sets. */
  readonly deadline: number;
  /** Told each time before the call leaves, by itself or with others. */
  readonly begin: () => void;
}

export interface BatchCalls {
  /** Rejects when Inlet's own infrastructure fails; then the call may have been made. */
  call<Input, Value>(call: BatchedCall<Input, Value>): Promise<CallEnd<Value>>;
}

type AnyOperation = Operation<unknown, unknown>;

export interface BatchCallsOptions {
  readonly crm: Pick<Crm, "kind">;
  readonly quotas: AccountQuotas;
  readonly circuit: Circuit;
  readonly gate: () => Promise<Pick<Gate, "buffered">>;
  /** Longest time for one call, ms. */
  readonly timeoutMs: number;
  /** A clock that no one sets, ms. */
  readonly now: () => number;
  /** Failure tests end the process at named points. */
  readonly failpoint: (point: string) => void;
}

interface Row {
  readonly call: BatchedCall<unknown, unknown>;
  readonly origin: BatchOrigin;
  readonly end: (end: CallEnd<unknown>) => void;
  readonly fail: (error: unknown) => void;
}

/** A batch that takes longer than this lets the next one begin, ms: CRMs answer a full one in less, and one that hangs must not hold up the tenant's mail. */
const PATIENCE_MS = 1_000;

/**
 * Calls of one tenant's CRM that emails make at the same time, made together: one token, one result for the circuit and one deadline, the
 * earliest of its emails, a batch. A call that no one joins is the plain one. What the CRM refuses in a batch is taken apart, so that an
 * email's fate is always what the CRM says of it alone.
 */
export function createBatchCalls(options: BatchCallsOptions): BatchCalls {
  const { crm, quotas, circuit, gate, timeoutMs, now, failpoint } = options;
  const batchers = new Map<AnyOperation, Batcher<Row>>();

  const getBatcher = (operation: AnyOperation): Batcher<Row> => {
    let batcher = batchers.get(operation);
    if (batcher === undefined) {
      const { most, bytes } = getBatch(operation);
      batcher = createBatcher<Row>({
        most,
        ...(bytes === undefined ? {} : { weight: { of: ({ call }) => bytes.of(call.input), most: bytes.most } }),
        getKey: ({ call }) => call.key,
        run: async (take) => send(operation, take),
        patience: { ms: PATIENCE_MS, sleep: async (ms, signal) => sleep(ms, undefined, { signal }) },
      });
      batchers.set(operation, batcher);
    }
    return batcher;
  };

  const send = async (operation: AnyOperation, take: () => readonly Row[]): Promise<void> => {
    let rows: readonly Row[] = [];
    try {
      const { name: method, cost } = getBatch(operation);
      const token = await quotas
        .take(dearest(cost, operation.cost), (quota, amount) => quotaWaitMs(quota, amount, true))
        .finally(() => (rows = take()));
      if (!token.ok) {
        for (const row of rows) row.end({ kind: "no-token", retryInMs: token.retryInMs });
        return;
      }
      // Buffer mode may have begun while the rows gathered.
      if ((await gate()).buffered) {
        for (const row of rows) row.end({ kind: "buffered" });
        return;
      }
      const inTime = rows.filter(({ call }) => call.deadline - now() >= MIN_CALL_MS);
      for (const row of rows) if (!inTime.includes(row)) row.end({ kind: "late" });
      const [first, second] = inTime;
      if (first === undefined) return;
      metrics.crmBatchRows.observe({ crm: crm.kind, method }, inTime.length);
      if (second === undefined) await sendAlone(first);
      else await sendTogether(operation, inTime);
    } catch (error) {
      for (const row of rows) row.fail(error);
    }
  };

  const sendAlone = async (row: Row): Promise<void> => {
    const { operation, input, begin, deadline } = row.call;
    await inOrigin(row.origin, async () => {
      begin();
      const answer = await circuit.call(
        row.call.step,
        async () => operation(input, { deadline: Math.min(deadline, now() + timeoutMs) }),
        callOutcome,
      );
      row.end(
        answer.open ? { kind: "open", probeInMs: answer.probeInMs } : { kind: "answered", result: answer.result },
      );
    });
  };

  const sendTogether = async (operation: AnyOperation, rows: readonly Row[]): Promise<void> => {
    const batch = getBatch(operation);
    const method = batch.name;
    const deadline = Math.min(now() + timeoutMs, ...rows.map(({ call }) => call.deadline));
    const answer = await withBatchSpan(
      `batch ${method}`,
      { "inlet.crm": crm.kind },
      rows.map(({ origin }) => origin),
      async () => {
        for (const { call } of rows) call.begin();
        failpoint(`before-batch:${method}`);
        return circuit.call(
          rows[0]?.call.step ?? method,
          async () =>
            batch.send(
              rows.map(({ call }) => call.input),
              { deadline },
            ),
          (result) => (result.ok ? toRowsOutcome(result.value) : callOutcome(result)),
        );
      },
    );
    failpoint(`after-batch:${method}`);
    if (answer.open) {
      for (const row of rows) row.end({ kind: "open", probeInMs: answer.probeInMs });
      return;
    }
    const { result } = answer;
    if (!result.ok) {
      for (const row of rows) row.end({ kind: "answered", result });
      return;
    }
    if (result.value.length !== rows.length)
      throw new Error(`a batch of ${method} answered ${result.value.length} of ${rows.length} rows`);
    const again: Row[] = [];
    rows.forEach((row, index) => {
      const own = result.value[index] as CallResult<unknown>;
      if (own.ok || own.fault.kind === "outage") row.end({ kind: "answered", result: own });
      else again.push({ ...row, end: (end) => row.end(inDoubt(own.fault, end)) });
    });
    // Where all are refused it may be for one of them: halves find it in fewer calls.
    const parts = again.length < rows.length ? again.map((each) => [each]) : halves(again);
    await Promise.all(parts.map(async (part) => send(operation, () => part)));
  };

  return {
    call: async <Input, Value>(call: BatchedCall<Input, Value>) =>
      new Promise<CallEnd<Value>>((resolve, reject) => {
        const end = resolve as (end: CallEnd<unknown>) => void;
        getBatcher(call.operation as AnyOperation).add({
          call: call as BatchedCall<unknown, unknown>,
          origin: batchOrigin(),
          end,
          fail: reject,
        });
      }),
  };
}

function getBatch({ batch }: AnyOperation): Batch<unknown, unknown> {
  if (batch === undefined) throw new Error("the operation has no batches");
  return batch;
}

/** A batch that no one joins is the plain call. */
function dearest(batch: Cost, isolated: Cost): Cost {
  const units = Object.keys({ ...batch, ...isolated });
  return Object.fromEntries(units.map((unit) => [unit, Math.max(batch[unit] ?? 0, isolated[unit] ?? 0)])) as Cost;
}

/** What a row came to after an answer that may have left it unknown: it stays so until the CRM says what became of it. */
function inDoubt(fault: CallFault, end: CallEnd<unknown>): CallEnd<unknown> {
  if (!fault.unknown) return end;
  if (end.kind !== "answered") return { kind: "answered", result: { ok: false, fault } };
  const { result } = end;
  if (result.ok || result.fault.kind === "record-permanent") return end;
  return { kind: "answered", result: { ok: false, fault: { ...result.fault, unknown: true } } };
}

/** What a call came to for the circuit. */
export function callOutcome(result: CallResult<unknown>): CallOutcome {
  if (result.ok) return "through";
  return result.fault.kind === "outage" ? "outage" : "refused";
}

/** An email that got through shows that one may, whatever became of its neighbours. */
function toRowsOutcome(rows: readonly CallResult<unknown>[]): CallOutcome {
  const outcomes = rows.map(callOutcome);
  return (["through", "refused"] as const).find((each) => outcomes.includes(each)) ?? "outage";
}

function halves<T>(rows: readonly T[]): (readonly T[])[] {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
}
