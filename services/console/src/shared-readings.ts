/** However many look at a page, the database is asked once in so long, ms. */
const FRESH_MS = 5_000;
/** Of more scopes than these the oldest is read anew. */
const MOST_KEPT = 500;

/** What viewers of one scope share. */
export interface SharedReadings {
  /** The last reading of a key while it is fresh; viewers who ask at once wait for one and the same. A reading that fails is not kept. */
  get<T>(key: string, read: () => Promise<T>): Promise<T>;
}

/** @param clock monotonic, ms */
export function createSharedReadings(clock: () => number = () => performance.now()): SharedReadings {
  const kept = new Map<string, { readonly until: number; readonly reading: Promise<unknown> }>();
  return {
    get: async <T>(key: string, read: () => Promise<T>): Promise<T> => {
      const known = kept.get(key);
      if (known !== undefined && clock() < known.until) return known.reading as Promise<T>;
      const reading = read();
      kept.delete(key);
      kept.set(key, { until: clock() + FRESH_MS, reading });
      reading.catch(() => {
        if (kept.get(key)?.reading === reading) kept.delete(key);
      });
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return reading;
    },
  };
}
