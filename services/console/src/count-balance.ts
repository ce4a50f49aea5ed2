import type { GuaranteeReport, Lost } from "@inlet/reconcile";

/** So many times as long as it took last, the journeys are not read again: of millions that takes minutes. */
const REST = 20;

export interface BalanceCount {
  /** Everything but what the journeys tell. */
  readonly count: () => Promise<GuaranteeReport>;
  /** Emails that the journeys tell of and that have no row. */
  readonly findUntold: () => Promise<readonly Lost[]>;
  /** Monotonic, ms. Default `performance.now`. */
  readonly clock?: () => number;
}

/**
 * What `inlet reconcile` counts, as cheap as it can be repeated: while the ledger is small each count is whole; of a large one the journeys are
 * read now and then, and what they told last is counted in between.
 */
export function createBalanceCount({
  count,
  findUntold,
  clock = () => performance.now(),
}: BalanceCount): () => Promise<GuaranteeReport> {
  let untold: readonly Lost[] = [];
  let dueAt = -Infinity;
  return async () => {
    const report = await count();
    const begunAt = clock();
    if (begunAt >= dueAt) {
      untold = await findUntold();
      const endedAt = clock();
      dueAt = endedAt + REST * (endedAt - begunAt);
    }
    return { ...report, lost: [...report.lost, ...untold], holds: report.holds && untold.length === 0 };
  };
}
