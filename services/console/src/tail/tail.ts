import type { DeliveryFilter, ListedDelivery } from "@inlet/ledger";
import { createRing, isAfter } from "./ring.ts";
import { createTailViewer, type TailSink, type TailViewer, type TailWish } from "./tail-viewer.ts";

/** Between two readings of the ledger, ms; one for all who look. */
const EVERY_MS = 1_000;
/** Emails come to the ledger in another order than they were received in, and go on to other states: so long it is looked back, ms. */
const LOOK_BACK_MS = 60_000;
const MOST_READ = 500;
const MOST_A_PERSON = 3;
const MOST_IN_ALL = 50;

export interface TailDeps {
  readonly list: (filter: DeliveryFilter) => Promise<ListedDelivery[]>;
  /** Epoch ms. */
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly clock: () => number;
  /** Ends at once when it is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** What comes in and what becomes of it, for all who look on. */
export interface Tail {
  /** Null where as many look on as may. The viewer leaves by what is answered. */
  join(person: string, wish: TailWish, sink: TailSink): (() => void) | null;
  /** Ends every stream, and waits for the reading under way. */
  close(): Promise<void>;
}

/** Reads the ledger once a second for all who look on, and only while someone does. */
export function createTail(deps: TailDeps): Tail {
  const viewers = new Map<TailViewer, string>();
  const closing = new AbortController();
  let ring = createRing();
  let running: Promise<void> | null = null;

  const read = async (): Promise<{ rows: ListedDelivery[]; isGap: boolean }> => {
    const newest = ring.newest();
    // A mailbox's clock may be ahead: nothing newer than now is waited behind.
    const since = newest === null ? undefined : Math.min(newest.receivedAt, deps.now()) - LOOK_BACK_MS;
    const read = await deps.list({ since, limit: MOST_READ });
    const oldest = read.at(-1);
    const isGap = newest !== null && read.length === MOST_READ && oldest !== undefined && isAfter(oldest, newest);
    return { rows: ring.add(read), isGap };
  };

  const round = async (): Promise<void> => {
    try {
      const { rows, isGap } = await read();
      for (const viewer of viewers.keys()) viewer.show(viewer.isNew() ? ring.rows() : rows, isGap);
    } catch (error) {
      deps.onError(error);
      for (const viewer of viewers.keys()) viewer.sayAway();
    }
    for (const viewer of viewers.keys()) if (!viewer.keep()) viewers.delete(viewer);
  };

  const run = async (): Promise<void> => {
    ring = createRing();
    while (viewers.size > 0 && !closing.signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- one after another, whatever a reading takes
      await round();
      // oxlint-disable-next-line no-await-in-loop -- as above
      await deps.pause(EVERY_MS, closing.signal);
    }
    running = null;
  };

  return {
    join: (person, wish, sink) => {
      const own = [...viewers.values()].filter((each) => each === person).length;
      if (closing.signal.aborted || own >= MOST_A_PERSON || viewers.size >= MOST_IN_ALL) return null;
      const viewer = createTailViewer(wish, sink, deps.clock);
      viewers.set(viewer, person);
      running ??= run();
      return () => void viewers.delete(viewer);
    },
    close: async () => {
      closing.abort();
      for (const viewer of viewers.keys()) viewer.end();
      viewers.clear();
      await running;
    },
  };
}
