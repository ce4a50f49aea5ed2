import { setTimeout as sleepFor } from "node:timers/promises";

/** Waits between attempts that failed, each twice as long as the one before. */
export interface Backoff {
  /** How long the next wait takes, ms. */
  readonly nextMs: number;
  wait(): Promise<void>;
}

export interface BackoffOptions {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly sleep?: (ms: number) => Promise<void>;
}

export function createBackoff({ firstMs, mostMs, sleep = async (ms) => sleepFor(ms) }: BackoffOptions): Backoff {
  let nextMs = Math.min(firstMs, mostMs);
  return {
    get nextMs() {
      return nextMs;
    },
    wait: async () => {
      const ms = nextMs;
      nextMs = Math.min(nextMs * 2, mostMs);
      await sleep(ms);
    },
  };
}
