import { setTimeout as sleep } from "node:timers/promises";
import type { CallFault, CallOptions, CallResult, RecordName } from "@inlet/crm";
import type { InjectedFault } from "@inlet/crm/conformance";

export interface ToyRow {
  readonly id: string;
  readonly type: RecordName;
  /** Refused where another row of the type has it; null for what people made. */
  readonly key: string | null;
  readonly at: number;
  fields: Record<string, unknown>;
}

export interface ToyList {
  readonly rows: readonly ToyRow[];
  /** What was written later is not among them. */
  readonly asOf: number;
}

/**
 * A CRM in memory that is as unlike HubSpot as CRMs are: it is read by lists under a parent and by a window of time, which lag by a knob, as its
 * searches do; it keeps texts in its own way; a file is tied as it is made; its fields are made by an administrator.
 */
export function createToyServer() {
  const rows = new Map<string, ToyRow>();
  const injected: { type: RecordName; fault: InjectedFault }[] = [];
  const late = new Set<Promise<unknown>>();
  const lagMs = { lists: 0, searches: 0 };
  const fields = new Set<string>();
  let ids = 0;

  const behind = (what: "lists" | "searches"): ToyList => {
    const asOf = Date.now() - lagMs[what];
    return { asOf, rows: [...rows.values()].filter(({ at }) => at <= asOf) };
  };

  return {
    lagMs,
    fields,
    rows,
    inject: (type: RecordName, fault: InjectedFault) => void injected.push({ type, fault }),
    landed: async () => void (await Promise.all(late)),
    list: () => behind("lists"),
    search: () => behind("searches"),
    /** Null where the key is taken. */
    insert: (type: RecordName, key: string | null, values: Record<string, unknown>, at = Date.now()): ToyRow | null => {
      if (key !== null && [...rows.values()].some((row) => row.type === type && row.key === key)) return null;
      ids += 1;
      const row = { id: String(ids), type, key, at, fields: values };
      rows.set(row.id, row);
      return row;
    },
    /** One request as the network has it: what was injected for writes of the type happens to the next of them. */
    request: async <T>(
      { deadline }: CallOptions,
      writes: RecordName | null,
      work: () => CallResult<T>,
    ): Promise<CallResult<T>> => {
      if (deadline <= performance.now()) return failed("toy:deadline", false);
      const at = injected.findIndex(({ type }) => type === writes);
      const fault = at === -1 ? null : (injected.splice(at, 1)[0]?.fault ?? null);
      switch (fault) {
        case "drop-before-write":
        case "error-before-write":
          return failed("toy:reset", true);
        case "drop-after-write":
        case "error-after-write":
          work();
          return failed("toy:5xx", true);
        case "late-write": {
          const landing = sleep(deadline - performance.now() + 100).then(work);
          late.add(landing);
          await sleep(deadline - performance.now());
          return failed("toy:timeout", true);
        }
        case "rate-limited":
          return { ok: false, fault: { ...outage("toy:429", false), retryAfterMs: 7_000 } };
        case "partial-failure":
        case null:
          return work();
      }
    },
  };
}

export type ToyServer = ReturnType<typeof createToyServer>;

export function outage(code: string, unknown: boolean): CallFault & { kind: "outage" } {
  return { kind: "outage", code, message: "the toy is away", unknown };
}

export function failed(code: string, unknown: boolean): { ok: false; fault: CallFault } {
  return { ok: false, fault: outage(code, unknown) };
}
