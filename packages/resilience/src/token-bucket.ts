/** Calls that a CRM allows: `perSecond` over time, and `burst` at once above it. Any span of t seconds holds at most burst + t · perSecond. */
export interface Quota {
  readonly perSecond: number;
  readonly burst: number;
}

/** `tokens` may be below zero: then so many are promised to callers that wait for their turn. `at` is when it was right, ms. */
export interface BucketState {
  readonly tokens: number;
  readonly at: number;
}

export interface Draw {
  /** What the caller must have, and no less. */
  readonly need: number;
  /** What it would take if it lies there; at least `need`. */
  readonly want: number;
  /** How long it would wait for its turn, ms. */
  readonly maxWaitMs: number;
}

/** Tokens to be used `waitMs` from now; or 0, and `waitMs` until `need` of them could be had at once. */
export interface Drawn {
  readonly granted: number;
  readonly waitMs: number;
}

/**
 * Draws from a bucket at `now`. What lies there is given at once. What does not lie there yet is promised, if its time comes within
 * `maxWaitMs`: the bucket goes below zero, so that anyone who comes later waits longer, and turns are kept without a queue. More than the
 * burst is never needed at once: a dearer call counts as the burst. A clock that went back refills nothing.
 */
export function draw(
  state: BucketState | null,
  quota: Quota,
  { need, want, maxWaitMs }: Draw,
  now: number,
): { readonly state: BucketState; readonly drawn: Drawn } {
  const at = Math.max(now, state?.at ?? now);
  const tokens =
    state === null ? quota.burst : Math.min(quota.burst, state.tokens + ((at - state.at) / 1000) * quota.perSecond);
  const must = Math.min(need, quota.burst);
  const waitMs = Math.max(0, ((must - tokens) / quota.perSecond) * 1000);
  if (waitMs > maxWaitMs) return { state: { tokens, at }, drawn: { granted: 0, waitMs } };
  const granted = Math.max(must, Math.min(want, Math.floor(tokens)));
  return { state: { tokens: tokens - granted, at }, drawn: { granted, waitMs } };
}
