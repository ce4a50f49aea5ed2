import CircuitBreaker from "opossum";

/** An outage that was found: by an email's call, or by a ping. */
export interface FoundOutage {
  /** The email; null: a ping. */
  readonly eventId: string | null;
  /** The ping is the probe of an open circuit. */
  readonly probe: boolean;
  readonly code: string;
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs: number;
}

/** Where outages are counted over all instances (the ledger). */
export interface CircuitStore {
  /** Counts one outage; answers whether the circuit is open now, and when it may be probed, ms. */
  recordOutage(outage: FoundOutage): Promise<{ readonly open: boolean; readonly probeInMs: number }>;
  /** Answers whether the circuit was open and is closed now: only a ping closes it (`probe`). */
  recordSuccess(probe: boolean): Promise<boolean>;
  /** Somebody got through an operation that had failed. */
  recordGotThrough(operation: string): Promise<void>;
  read(): Promise<SeenCircuit>;
}

interface SeenCircuit {
  readonly open: boolean;
  readonly failures: number;
  readonly probeInMs: number;
  /** Operations that fail although the other side answers. */
  readonly failing: readonly string[];
}

/** What a call came to for the circuit: `through`, the other side refused the record (so it answered), or it could be an outage. */
export type CallOutcome = "through" | "refused" | "outage";

export type CircuitEvent = "open" | "close" | "reject";

export interface CircuitOptions {
  readonly name: string;
  readonly store: CircuitStore;
  readonly onEvent?: (event: CircuitEvent) => void;
  /** How long what the store said is trusted, ms. Default 1000. */
  readonly freshMs?: number;
}

export interface Circuit {
  /** Carries out the call, unless the circuit is open: then answers `{ open: true, probeInMs }` without calling. */
  call<T>(
    operation: string,
    action: () => Promise<T>,
    toOutcome: (result: T) => CallOutcome,
  ): Promise<{ open: true; probeInMs: number } | { open: false; result: T }>;
  /** Counts an outage. Whether a call met one, or only its own record's fault, its caller finds out first. */
  recordOutage(outage: FoundOutage): Promise<{ readonly open: boolean; readonly probeInMs: number }>;
  /** A ping was answered: an open circuit closes. */
  recordPing(): Promise<void>;
  /** A failure was noted at the operation: its next success is told to the store. */
  watch(operation: string): void;
  /** Whether it is open, as this instance knows (at most `freshMs` old), and when the next probe is due, ms. */
  state(): Promise<{ readonly open: boolean; readonly probeInMs: number }>;
  close(): void;
}

/**
 * One tenant's circuit to its CRM. An opossum breaker stands in front of every call; when it opens and closes is decided by the count
 * over all instances, since a breaker that counts for itself never opens for a quiet tenant. opossum's own timeout is off: it would
 * reject without cancelling, and the HTTP client owns the only deadline (docs/concepts/protocol.md, section 4).
 */
export function createCircuit(options: CircuitOptions): Circuit {
  const freshMs = options.freshMs ?? 1_000;
  const { store } = options;
  let seen: SeenCircuit & { readonly at: number } = {
    open: false,
    failures: 0,
    probeInMs: 0,
    failing: [],
    at: Number.NEGATIVE_INFINITY,
  };
  const breaker = new CircuitBreaker(async (action: () => Promise<unknown>) => action(), {
    name: options.name,
    timeout: false,
    // Never trips by its own count: the store decides.
    errorThresholdPercentage: 101,
    volumeThreshold: Number.MAX_SAFE_INTEGER,
    // Never half-opens by its own clock: a ping closes it.
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
  const see = (state: Partial<SeenCircuit>): void => {
    seen = { ...seen, ...state, at: performance.now() };
    follow(seen.open);
  };
  let reading: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    const askedAt = performance.now();
    const state = await store.read();
    // What a call that ended meanwhile made of it is newer.
    if (seen.at <= askedAt) see(state);
  };
  /** However many calls find it stale, the store is asked once. */
  const refresh = async (): Promise<void> => {
    if (performance.now() - seen.at < freshMs) return;
    reading ??= read().finally(() => {
      reading = null;
    });
    await reading;
  };
  const tellSuccess = async (operation: string, outcome: CallOutcome): Promise<void> => {
    if (outcome === "outage") return;
    if (seen.failures > 0 && !seen.open) {
      see({ failures: 0 });
      await store.recordSuccess(false);
    }
    if (outcome === "through" && seen.failing.includes(operation)) {
      see({ failing: seen.failing.filter((each) => each !== operation) });
      await store.recordGotThrough(operation);
    }
  };

  return {
    async call(operation, action, toOutcome) {
      await refresh();
      try {
        const result = (await breaker.fire(action)) as Awaited<ReturnType<typeof action>>;
        await tellSuccess(operation, toOutcome(result));
        return { open: false, result };
      } catch (error) {
        if (CircuitBreaker.isOurError(error as Error)) return { open: true, probeInMs: Math.max(seen.probeInMs, 250) };
        throw error;
      }
    },
    recordOutage: async (outage) => {
      const { open, probeInMs } = await store.recordOutage(outage);
      see({ open, probeInMs, failures: Math.max(1, seen.failures + 1) });
      return { open, probeInMs };
    },
    recordPing: async () => {
      await store.recordSuccess(true);
      see({ open: false, failures: 0, probeInMs: 0 });
    },
    watch: (operation) => {
      if (!seen.failing.includes(operation)) see({ failing: [...seen.failing, operation] });
    },
    state: async () => {
      await refresh();
      return { open: seen.open, probeInMs: Math.max(0, seen.probeInMs - (performance.now() - seen.at)) };
    },
    close: () => breaker.shutdown(),
  };
}
