import { setImmediate, setTimeout } from "node:timers/promises";

/** How rows go together; see {@link createBatcher}. */
export interface BatcherOptions<Row> {
  /** Rows that one batch takes. */
  readonly most: number;
  /** What a row adds to a batch, and what a batch takes together; a row by itself always fits. */
  readonly weight?: { readonly of: (row: Row) => number; readonly most: number };
  /** Two rows of one key never go in the same batch; null, or left out: it has none. */
  readonly getKey?: (row: Row) => string | null;
  /** Rows that stay behind for now, while others go; {@link Batcher.wake} says that they may go again. */
  readonly isHeld?: (row: Row) => boolean;
  /** How long the first row waits for others, ms; left out, for those of its own turn of the event loop. */
  readonly gatherMs?: number;
  /**
   * Carries out one batch. Whatever has gathered until it calls `take` goes with it, so what has to be waited for first is waited for
   * before. Must take, and must not reject.
   */
  readonly run: (take: () => readonly Row[]) => Promise<void>;
  /** A batch that lasts longer holds up no one any more: the next begins. Left out, the next waits for it however long it takes. */
  readonly patience?: { readonly ms: number; readonly sleep: (ms: number, signal: AbortSignal) => Promise<void> };
}

export interface Batcher<Row> {
  /** Rows go in the order in which they came. */
  add(row: Row): void;
  /** Rows that were held may go. */
  wake(): void;
}

/**
 * Rows go together while a batch is under way: what comes first goes at once, those that come meanwhile go as the next batch.
 * So no one waits where there is nothing to wait for, and the busier it is, the fuller the batches.
 */
export function createBatcher<Row>(options: BatcherOptions<Row>): Batcher<Row> {
  const { most, weight, getKey = () => null, isHeld = () => false, gatherMs, run, patience } = options;
  let waiting: Row[] = [];
  let running = false;

  const take = (): readonly Row[] => {
    const taken: Row[] = [];
    const left: Row[] = [];
    const keys = new Set<string>();
    let sum = 0;
    let full = false;
    for (const row of waiting) {
      if (isHeld(row)) {
        left.push(row);
        continue;
      }
      const key = getKey(row);
      const heavy = weight?.of(row) ?? 0;
      full ||= taken.length >= most || (taken.length > 0 && sum + heavy > (weight?.most ?? Infinity));
      if (full || (key !== null && keys.has(key))) left.push(row);
      else {
        taken.push(row);
        sum += heavy;
        if (key !== null) keys.add(key);
      }
    }
    waiting = left;
    return taken;
  };

  const drain = async (): Promise<void> => {
    running = true;
    if (gatherMs !== undefined) await setTimeout(gatherMs);
    while (waiting.some((row) => !isHeld(row))) {
      // Those that one batch has let go come to the next step in the same turn of the event loop, and go on together.
      await setImmediate();
      await oneBatch();
    }
    running = false;
  };

  const oneBatch = async (): Promise<void> => {
    if (patience === undefined) return run(take);
    const ended = new AbortController();
    const batch = run(take).finally(() => ended.abort());
    // The timer ends with the batch: an idle process has none.
    await Promise.race([batch, patience.sleep(patience.ms, ended.signal).catch(() => {})]);
  };

  const wake = (): void => {
    if (!running && waiting.length > 0) void drain();
  };

  return {
    add: (row) => {
      waiting.push(row);
      wake();
    },
    wake,
  };
}
