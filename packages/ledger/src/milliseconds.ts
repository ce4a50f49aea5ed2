/** Node fires a timer of more than 2^31 - 1 ms at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Ten years: nothing is sent to wait for longer, and Postgres adds it to any time that it knows. */
const LONGEST_MS = 10 * 365 * 86_400_000;

/**
 * SQL for the ms until a moment, by Postgres' clock: at least 0, and never more than a timer can wait. A moment may lie years back or ahead,
 * so that nothing here is a 32-bit integer.
 */
export function msUntil(moment: string): string {
  return `least(greatest(extract(epoch from ${moment} - clock_timestamp()) * 1000, 0), ${LONGEST_TIMER_MS})::double precision`;
}

/** SQL for the ms since a moment; negative for one that lies ahead, null for none. */
export function msSince(moment: string): string {
  return `(extract(epoch from clock_timestamp() - ${moment}) * 1000)::double precision`;
}

/** SQL for a moment as epoch ms. */
export function epochMs(moment: string): string {
  return `(extract(epoch from ${moment}) * 1000)::bigint`;
}

/** A span as the ledger takes it: whole ms, from 0 to ten years. */
export function spanMs(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), LONGEST_MS));
}
