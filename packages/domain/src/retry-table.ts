/**
 * What may pass is tried again: the delays before each next attempt, ms, by the family of its fault (docs/concepts/protocol.md, section 5). Each family has a counter of
 * its own: an email that has used its attempts at a CRM has all those of another kind still before it.
 */
export const RETRY_TABLE = {
  /** A record that the CRM cannot take now. */
  crm: [1_000, 5_000, 25_000, 120_000, 600_000],
  /** What lies at a tenant's own place: an attachment's URL, its S3. */
  fetch: [1_000, 5_000, 25_000, 120_000, 600_000],
  /** A record that Kafka does not show: a partition that changes its leader hides some for a moment. */
  record_gone: [1_000, 5_000, 25_000, 120_000, 600_000],
  /** An error of our own code, with one email. */
  unexpected: [5_000, 60_000, 600_000],
} as const satisfies Record<string, readonly number[]>;

export type FaultFamily = keyof typeof RETRY_TABLE;

/** Attempts that are used up, by family. */
export type UsedAttempts = Readonly<Partial<Record<FaultFamily, number>>>;

/**
 * The delay before the next attempt, ms, with full jitter over the upper half so that mails that failed together do not come back
 * together; null when none of the family is left. `random` is in [0, 1).
 */
export function getRetryDelay(family: FaultFamily, used: UsedAttempts, random: number): number | null {
  const delays: readonly number[] = RETRY_TABLE[family];
  const base = delays[used[family] ?? 0];
  return base === undefined ? null : Math.round(base * (0.75 + random * 0.5));
}

/** With one more used up; `family` null: none is. */
export function useAttempt(used: UsedAttempts, family: FaultFamily | null): UsedAttempts {
  return family === null ? used : { ...used, [family]: (used[family] ?? 0) + 1 };
}

export function countAttempts(used: UsedAttempts): number {
  return Object.values(used).reduce((sum, each) => sum + each, 0);
}
