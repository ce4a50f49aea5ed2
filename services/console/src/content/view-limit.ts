import { draw, type BucketState } from "@inlet/resilience";
import { LRUCache } from "lru-cache";

/** Views that one person may have at once, and one more each so many seconds: who reads for a living hardly meets it, who drains a mailbox does. */
export const VIEWS = { burst: 30, everySeconds: 30 } as const;

const MOST_PEOPLE = 10_000;

export type ViewTurn =
  | { readonly allowed: true }
  /** `isFirst`: the one before was allowed. */
  | { readonly allowed: false; readonly isFirst: boolean; readonly waitSeconds: number };

/** Counts views by person, whatever sessions they have. */
export interface ViewLimit {
  take(actor: string): ViewTurn;
}

/** @param now ms, of a clock that no one sets */
export function createViewLimit(now: () => number): ViewLimit {
  const people = new LRUCache<string, { readonly bucket: BucketState; readonly refused: boolean }>({
    max: MOST_PEOPLE,
  });
  const quota = { perSecond: 1 / VIEWS.everySeconds, burst: VIEWS.burst };
  return {
    take: (actor) => {
      const before = people.get(actor);
      const { state, drawn } = draw(before?.bucket ?? null, quota, { need: 1, want: 1, maxWaitMs: 0 }, now());
      const refused = drawn.granted === 0;
      people.set(actor, { bucket: state, refused });
      if (!refused) return { allowed: true };
      return { allowed: false, isFirst: before?.refused !== true, waitSeconds: Math.ceil(drawn.waitMs / 1000) };
    },
  };
}
