import { setTimeout as sleep } from "node:timers/promises";
import type { Batch, BatchedMethod, BatchRows, CallFault, CallOptions, CallResult, Crm } from "@inlet/crm";
import { createGatherer, type Circuit, type Gatherer, type SharedQuota } from "@inlet/resilience";
import { batchOrigin, inOrigin, metrics, withBatchSpan, type BatchOrigin } from "@inlet/telemetry";
import { MIN_CALL_MS, QUOTA_WAIT_MS } from "./email-try.ts";

/** What became of a call: it was not made, for want of a token, of time, or since the circuit is open; or it was answered. */
export type CallEnd<T> =
  | { readonly kind: "no-token"; readonly retryInMs: number }
  | { readonly kind: "late" }
  | { readonly kind: "open"; readonly probeInMs: number }
  | { readonly kind: "answered"; readonly result: CallResult<T> };

/** One email's call of a method that the CRM takes many at a time. */
export interface BatchedCall<M extends BatchedMethod> {
  readonly method: M;
  readonly input: BatchRows[M]["input"];
  /** Of the record that it writes; null for a call that only reads. */
  readonly key: string | null;
  /** Epoch ms; the email's own. */
  readonly deadline: number;
  /** Told each time before the call leaves, by itself or with others. */
  readonly begin: () => void;
}

export interface BatchCalls {
  /** Whether the CRM takes calls of the method many at a time. */
  has(method: BatchedMethod): boolean;
  /** Rejects when Inlet's own infrastructure fails; then the call may have been made. */
  call<M extends BatchedMethod>(call: BatchedCall<M>): Promise<CallEnd<BatchRows[M]["value"]>>;
}

export interface BatchCallsOptions {
  readonly crm: Crm;
  readonly quota: SharedQuota;
  readonly circuit: Circuit;
  /** Longest time for one call, ms. */
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Failure tests end the process at named points. */
  readonly reach: (point: string) => void;
}

interface Row {
  readonly call: BatchedCall<BatchedMethod>;
  readonly origin: BatchOrigin;
  readonly end: (end: CallEnd<unknown>) => void;
  readonly fail: (error: unknown) => void;
}

/** A batch that takes longer than this lets the next one begin, ms: CRMs answer a full one in less, and one that hangs must not hold up the tenant's mail. */
const PATIENCE_MS = 1_000;

/**
 * Calls of one tenant's CRM that emails make at the same time, made together: one token, one result for the circuit and one deadline, the
 * earliest of its emails, a batch. A call that nobody joins is the plain one. What the CRM refuses in a batch is taken apart, so that an
 * email's fate is always what the CRM says of it alone.
 */
export function createBatchCalls(options: BatchCallsOptions): BatchCalls {
  const { crm, quota, circuit, timeoutMs, now, reach } = options;
  const gatherers = new Map<BatchedMethod, Gatherer<Row>>();

  const gathererOf = (method: BatchedMethod): Gatherer<Row> => {
    let gatherer = gatherers.get(method);
    if (gatherer === undefined) {
      const { most, bytes } = batchOf(crm, method);
      gatherer = createGatherer<Row>({
        most,
        ...(bytes === undefined ? {} : { weight: { of: ({ call }) => bytes.of(call.input), most: bytes.most } }),
        keyOf: ({ call }) => call.key,
        run: async (take) => send(method, take, null),
        patienceMs: PATIENCE_MS,
        sleep: async (ms, signal) => sleep(ms, undefined, { signal }),
      });
      gatherers.set(method, gatherer);
    }
    return gatherer;
  };

  /** `refused`: what these rows' last call said of them; it carried out none of them, or is `unknown`. */
  const send = async (method: BatchedMethod, take: () => readonly Row[], refused: CallFault | null): Promise<void> => {
    let rows: readonly Row[] = [];
    try {
      const cost = Math.max(batchOf(crm, method).cost, crm.costs?.[method] ?? 1);
      const token = await quota.take(cost, QUOTA_WAIT_MS).finally(() => (rows = take()));
      const notSent = (row: Row, end: CallEnd<unknown>): void =>
        row.end(refused?.unknown === true ? { kind: "answered", result: { ok: false, fault: refused } } : end);
      if (!token.ok) {
        for (const row of rows) notSent(row, { kind: "no-token", retryInMs: token.retryInMs });
        return;
      }
      const inTime = rows.filter(({ call }) => call.deadline - now() >= MIN_CALL_MS);
      for (const row of rows) if (!inTime.includes(row)) notSent(row, { kind: "late" });
      const [first, second] = inTime;
      if (first === undefined) return;
      metrics.crmBatchRows.observe({ crm: crm.kind, method }, inTime.length);
      if (second === undefined) await sendAlone(method, first);
      else await sendTogether(method, inTime);
    } catch (error) {
      for (const row of rows) row.fail(error);
    }
  };

  const sendAlone = async (method: BatchedMethod, row: Row): Promise<void> => {
    const { input, begin, deadline } = row.call;
    const call = crm[method].bind(crm) as (input: unknown, options: CallOptions) => Promise<CallResult<unknown>>;
    await inOrigin(row.origin, async () => {
      begin();
      const answer = await circuit.call(
        async () => call(input, { deadline: Math.min(deadline, now() + timeoutMs) }),
        (result) => outageOf(result),
      );
      row.end(
        answer.open ? { kind: "open", probeInMs: answer.probeInMs } : { kind: "answered", result: answer.result },
      );
    });
  };

  const sendTogether = async (method: BatchedMethod, rows: readonly Row[]): Promise<void> => {
    const deadline = Math.min(now() + timeoutMs, ...rows.map(({ call }) => call.deadline));
    const answer = await withBatchSpan(
      `batch ${method}`,
      { "inlet.crm": crm.kind },
      rows.map(({ origin }) => origin),
      async () => {
        for (const { call } of rows) call.begin();
        reach(`before-batch:${method}`);
        return circuit.call(
          async () =>
            batchOf(crm, method).send(
              rows.map(({ call }) => call.input),
              { deadline },
            ),
          (result) => outageOf(result) ?? (result.ok ? firstOutage(result.value) : null),
        );
      },
    );
    reach(`after-batch:${method}`);
    if (answer.open) {
      for (const row of rows) row.end({ kind: "open", probeInMs: answer.probeInMs });
      return;
    }
    const { result } = answer;
    if (!result.ok) {
      if (result.fault.kind === "outage") for (const row of rows) row.end({ kind: "answered", result });
      else await Promise.all(halves(rows).map(async (half) => send(method, () => half, result.fault)));
      return;
    }
    await Promise.all(
      rows.map(async (row, index) => {
        const own = result.value[index];
        if (own === undefined)
          throw new Error(`a batch of ${method} answered ${result.value.length} of ${rows.length} rows`);
        if (own.ok || own.fault.kind === "outage") row.end({ kind: "answered", result: own });
        else await send(method, () => [row], own.fault);
      }),
    );
  };

  return {
    has: (method) => crm.batches?.[method] !== undefined,
    call: async <M extends BatchedMethod>(call: BatchedCall<M>) =>
      new Promise<CallEnd<BatchRows[M]["value"]>>((resolve, reject) => {
        const end = resolve as (end: CallEnd<unknown>) => void;
        gathererOf(call.method).add({ call, origin: batchOrigin(), end, fail: reject });
      }),
  };
}

function batchOf(crm: Crm, method: BatchedMethod): Batch<unknown, unknown> {
  const batch = crm.batches?.[method];
  if (batch === undefined) throw new Error(`${crm.kind} has no batches of ${method}`);
  return batch as Batch<unknown, unknown>;
}

function outageOf(result: CallResult<unknown>): string | null {
  return result.ok || result.fault.kind !== "outage" ? null : result.fault.code;
}

function firstOutage(rows: readonly CallResult<unknown>[]): string | null {
  return rows.map(outageOf).find((code) => code !== null) ?? null;
}

function halves<T>(rows: readonly T[]): (readonly T[])[] {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
}
