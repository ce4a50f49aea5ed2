/** What goes wrong, and for which calls. Of several that fit, the oldest counts. */
export interface FaultRule {
  /** All of what is given must fit. `path` is without the query, `*` stands for anything; `tenant` is the name of the call's token. */
  readonly match?: {
    readonly method?: string | undefined;
    readonly path?: string | undefined;
    readonly tenant?: string | undefined;
  };
  /** Share of the matching calls that it strikes, 0 to 1; default 1. */
  readonly rate?: number | undefined;
  /** How many calls it strikes before it is used up; default: no end. */
  readonly times?: number | undefined;
  /** Answers with this status, in HubSpot's shape. 207: a batch answer that refuses every input. */
  readonly status?: number | undefined;
  /** Carries the call out, though the answer is `status`. */
  readonly carryOut?: boolean | undefined;
  /** Seconds, as `Retry-After`. */
  readonly retryAfter?: number | undefined;
  /** For 429: `DAILY`, `TEN_SECONDLY_ROLLING` (default), `SECONDLY`. */
  readonly policyName?: string | undefined;
  /** For 400, 403 and 207: HubSpot's category. */
  readonly category?: string | undefined;
  /** Waits before anything else. */
  readonly delayMs?: number | undefined;
  /** Breaks the connection before, or after, the call is carried out. */
  readonly drop?: "before" | "after" | undefined;
  /** Never answers; the call is carried out this many ms later, whether or not the client is still there. */
  readonly lateWriteMs?: number | undefined;
  /** Carries the call out and breaks the connection in the middle of the answer. */
  readonly cut?: boolean | undefined;
  /** Carries the call out and sends the answer byte by byte, with this pause after each, ms. */
  readonly dripMs?: number | undefined;
}

export interface ActiveFault extends FaultRule {
  readonly id: string;
  /** Calls struck so far. */
  readonly struck: number;
}

export interface Faults {
  add(rule: FaultRule): ActiveFault;
  list(): readonly ActiveFault[];
  remove(id: string): boolean;
  clear(): void;
  /** The fault that strikes this call, if one does. */
  take(call: { readonly method: string; readonly path: string; readonly tenant: string | null }): FaultRule | null;
  /** Carries `work` out later, no matter who waits for it. */
  later(milliseconds: number, work: () => void): void;
  /** Resolves when no late write is pending. */
  landed(): Promise<void>;
  /** Forgets the pending late writes. */
  close(): void;
}

/** `random` in [0, 1), for rates. */
export function createFaults(random: () => number = Math.random): Faults {
  let active: (ActiveFault & { readonly glob: RegExp | null })[] = [];
  let nextId = 1;
  const pending = new Map<NodeJS.Timeout, () => void>();
  let waiting: (() => void)[] = [];

  function tellWaiting(): void {
    if (pending.size > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  return {
    add(rule) {
      const path = rule.match?.path;
      const fault = { ...rule, id: String(nextId++), struck: 0, glob: path === undefined ? null : glob(path) };
      active.push(fault);
      return visible(fault);
    },
    list: () => active.map(visible),
    remove(id) {
      const before = active.length;
      active = active.filter((fault) => fault.id !== id);
      return active.length < before;
    },
    clear() {
      active = [];
    },
    take(call) {
      const index = active.findIndex(
        ({ match, glob: path }) =>
          (match?.method === undefined || match.method.toUpperCase() === call.method) &&
          (path === null || path.test(call.path)) &&
          (match?.tenant === undefined || match.tenant === call.tenant),
      );
      const fault = active[index];
      if (fault === undefined || random() >= (fault.rate ?? 1)) return null;
      const struck = { ...fault, struck: fault.struck + 1 };
      if (fault.times !== undefined && struck.struck >= fault.times) active.splice(index, 1);
      else active[index] = struck;
      return fault;
    },
    later(milliseconds, work) {
      const timer = setTimeout(() => {
        pending.delete(timer);
        work();
        tellWaiting();
      }, milliseconds);
      pending.set(timer, work);
    },
    landed() {
      return new Promise((resolve) => {
        waiting.push(resolve);
        tellWaiting();
      });
    },
    close() {
      for (const timer of pending.keys()) clearTimeout(timer);
      pending.clear();
      tellWaiting();
    },
  };
}

function glob(path: string): RegExp {
  return new RegExp(
    `^${path
      .split("*")
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join(".*")}$`,
  );
}

function visible({ glob: _, ...fault }: ActiveFault & { readonly glob: RegExp | null }): ActiveFault {
  return fault;
}
