/** Delays before attempts 2 to 6 of a record's passing fault, ms (PROTOCOL.md 5). */
export const RETRY_DELAYS_MS = [1_000, 5_000, 25_000, 120_000, 600_000] as const;

/**
 * The delay after `attempt` attempts have failed, ms, with full jitter over the upper half so that mails that failed together do not
 * come back together; null when no attempt is left. `random` is in [0, 1).
 */
export function retryDelayMs(attempt: number, random: number): number | null {
  const base = RETRY_DELAYS_MS[attempt - 1];
  return base === undefined ? null : Math.round(base * (0.75 + random * 0.5));
}

/** When an open circuit is probed next, ms: 1 s doubling to 60 s, or what the CRM's Retry-After asked for, jittered like retries. */
export function probeDelayMs(probes: number, random: number, retryAfterMs = 0): number {
  const base = Math.min(1_000 * 2 ** Math.min(probes, 10), 60_000);
  return Math.max(Math.round(base * (0.75 + random * 0.5)), retryAfterMs);
}
