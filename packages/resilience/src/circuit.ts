import CircuitBreaker from "opossum";

/** Where outages are counted over all instances (the ledger). */
export interface CircuitStore {
  /** Counts one outage; answers whether the circuit is open now, and when it may be probed, ms. */
  recordOutage(code: string): Promise<{ readonly open: boolean; readonly probeInMs: number }>;
  /** Answers whether the circuit was open. */
  recordSuccess(): Promise<boolean>;
  read(): Promise<{ readonly open: boolean; readonly failures: number; readonly probeInMs: number }>;
}

/** What the circuit needs to know of a call's result; anything that is not an outage counts as success: the CRM answered. */
export type OutageOf<T> = (result: T) => string | null;

export type CircuitEvent = "open" | "close" | "reject";

export interface CircuitOptions {
  readonly name: string;
  readonly store: CircuitStore;
  readonly onEvent?: (event: CircuitEvent) => void;
  /** How long what the store said is believed, ms. Default 1000. */
  readonly freshMs?: number;
}

export interface Circuit {
  /**
   * Carries out the call, unless the circuit is open: then answers `{ open: true, probeInMs }` without calling. `probe: true` lets one call
   * through an open circuit; whoever asks for it holds the ledger's probe.
   */
  call<T>(
    action: () => Promise<T>,
    outageOf: OutageOf<T>,
    options?: { readonly probe?: boolean },
  ): Promise<{ open: true; probeInMs: number } | { open: false; result: T }>;
  /** Whether it is open, as this instance knows (at most `freshMs` old), and when the next probe is due, ms. */
  state(): Promise<{ readonly open: boolean; readonly probeInMs: number }>;
  close(): void;
}

class Outage<T> extends Error {
  readonly result: T;
  readonly code: string;
  constructor(result: T, code: string) {
    super(code);
    this.result = result;
    this.code = code;
  }
}

/**
 * One tenant's circuit to its CRM. An opossum breaker stands in front of every call; when it opens and closes is decided by the count
 * over all instances, since a breaker that counts for itself never opens for a quiet tenant. opossum's own timeout is off: it would
 * reject without cancelling, and the HTTP client owns the only deadline (PROTOCOL.md 4).
 */
export function createCircuit(options: CircuitOptions): Circuit {
  const freshMs = options.freshMs ?? 1_000;
  let seen = { open: false, failures: 0, probeInMs: 0, at: Number.NEGATIVE_INFINITY };
  const breaker = new CircuitBreaker(async (action: () => Promise<unknown>) => action(), {
    name: options.name,
    timeout: false,
    // Never trips by its own count: the store decides.
    errorThresholdPercentage: 101,
    volumeThreshold: Number.MAX_SAFE_INTEGER,
    // Never half-opens by its own clock: the ledger hands out the probe.
    resetTimeout: 2 ** 31 - 1,
    rollingCountTimeout: 10_000,
    rollingCountBuckets: 10,
  });
  breaker.on("reject", () => options.onEvent?.("reject"));

  const follow = (open: boolean): void => {
    if (open && !breaker.opened) {
      breaker.open();
      options.onEvent?.("open");
    } else if (!open && !breaker.closed) {
      breaker.close();
      options.onEvent?.("close");
    }
  };
  let reading: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    const askedAt = performance.now();
    const state = await options.store.read();
    // What a call that ended meanwhile made of it is newer.
    if (seen.at > askedAt) return;
    seen = { ...state, at: performance.now() };
    follow(state.open);
  };
  /** However many calls find it stale, the store is asked once. */
  const refresh = async (): Promise<void> => {
    if (performance.now() - seen.at < freshMs) return;
    reading ??= read().finally(() => {
      reading = null;
    });
    await reading;
  };

  return {
    async call(action, outageOf, { probe = false } = {}) {
      await refresh();
      // The probe goes round the open breaker; everything else is rejected by it until the probe's success closes it.
      const guarded = async (): Promise<Awaited<ReturnType<typeof action>>> => {
        const result = await action();
        const code = outageOf(result);
        if (code !== null) throw new Outage(result, code);
        return result;
      };
      try {
        const result =
          probe && breaker.opened
            ? await guarded()
            : ((await breaker.fire(guarded)) as Awaited<ReturnType<typeof action>>);
        if (seen.failures > 0 || seen.open) {
          await options.store.recordSuccess();
          seen = { open: false, failures: 0, probeInMs: 0, at: performance.now() };
          follow(false);
        }
        return { open: false, result };
      } catch (error) {
        if (error instanceof Outage) {
          const state = await options.store.recordOutage(error.code);
          seen = {
            open: state.open,
            failures: Math.max(1, seen.failures + 1),
            probeInMs: state.probeInMs,
            at: performance.now(),
          };
          follow(state.open);
          return { open: false, result: error.result as Awaited<ReturnType<typeof action>> };
        }
        if (CircuitBreaker.isOurError(error as Error)) return { open: true, probeInMs: Math.max(seen.probeInMs, 250) };
        throw error;
      }
    },
    state: async () => {
      await refresh();
      return { open: seen.open, probeInMs: Math.max(0, seen.probeInMs - (performance.now() - seen.at)) };
    },
    close: () => breaker.shutdown(),
  };
}
