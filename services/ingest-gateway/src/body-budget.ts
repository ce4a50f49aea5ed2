/** Bytes of bodies that one instance holds at a time. Beyond it memory, not the sender, would end the process. */
export const MOST_BYTES_IN_FLIGHT = 512 * 1024 * 1024;

/** What the doors of one instance may hold in memory together. */
export interface BodyBudget {
  /** Counts bytes as held; false when that is more than the instance may hold (they are counted all the same: give them back). */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createBodyBudget(most: number = MOST_BYTES_IN_FLIGHT): BodyBudget {
  let held = 0;
  return {
    take(bytes) {
      held += bytes;
      return held <= most;
    },
    give(bytes) {
      held -= bytes;
    },
  };
}
