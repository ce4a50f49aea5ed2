/** Which of two records of one event is newer (PROTOCOL.md 3). */
export interface RecordOrder {
  /** Epoch ms. */
  readonly parsedAt: number;
  readonly pass: number;
  readonly attempt: number;
}

/** Negative when `a` is older than `b`, 0 when they are the same, positive when it is newer. */
export function compareOrder(a: RecordOrder, b: RecordOrder): number {
  return a.parsedAt - b.parsedAt || a.pass - b.pass || a.attempt - b.attempt;
}
