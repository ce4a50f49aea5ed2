/** A record that blocks its partition longer becomes a waiting row (docs/concepts/protocol.md, section 5), ms. */
export const KAFKA_BUDGET_MS = 10_000;
/**
 * A try of a record from Kafka that lasts longer goes on, but the ledger keeps the record meanwhile, so that the partition goes on too; a
 * tenant with such tries counts as slow, ms.
 */
export const SLOW_MS = 1_000;
/** A replay's email holds up no live mail; but it must end before it counts as stalled (recover-stalled.ts), ms. */
export const REPLAY_BUDGET_MS = 30_000;
/** A waiting email holds up no one: it may take its time, ms. */
export const WAITING_BUDGET_MS = 60_000;
/** Lease beyond the last call's deadline, ms (docs/concepts/protocol.md, section 4). */
export const LEASE_MARGIN_MS = 30_000;
/** With less time left no call is begun: it would only end unknown, ms. */
export const MIN_CALL_MS = 1_500;

/**
 * How long a call waits for its tokens in place; beyond it the mail parks. Short, since meanwhile it takes up one of the sink's places, which all
 * tenants share; and yet thrice as long as a small quota takes to have them, where the try has spent tokens before: tried anew, it would
 * spend them again and never come to its end, ms.
 */
export function quotaWaitMs(quota: { readonly perSecond: number }, cost: number, begun: boolean): number {
  return begun
    ? Math.min(Math.max(QUOTA_WAIT_MS, ((3 * cost) / quota.perSecond) * 1000), LONGEST_QUOTA_WAIT_MS)
    : QUOTA_WAIT_MS;
}
const QUOTA_WAIT_MS = 500;
const LONGEST_QUOTA_WAIT_MS = 30_000;

/** How long a partition in buffer mode pauses before it looks again whether that has ended; mail that waits in the ledger is let go at once, ms. */
export const BUFFER_LOOK_MS = 5_000;
