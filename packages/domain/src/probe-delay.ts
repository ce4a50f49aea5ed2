/** When an open circuit is probed next, ms: 1 s doubling to 60 s, or what the CRM's Retry-After asked for, jittered like retries. */
export function probeDelayMs(probes: number, random: number, retryAfterMs = 0): number {
  const base = Math.min(1_000 * 2 ** Math.min(probes, 10), 60_000);
  return Math.max(Math.round(base * (0.75 + random * 0.5)), retryAfterMs);
}
