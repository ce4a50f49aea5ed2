/**
 * Which of two records of one event is newer: the pass first, since a parser whose clock is ahead must not outlive its dead letter; within a
 * pass what was parsed later. `pass` is the record's own, from its header.
 */
export interface RecordOrder {
  readonly pass: number;
  /** Epoch ms. */
  readonly parsedAt: number;
}

/** Negative when `a` is older than `b`, 0 when they are the same, positive when it is newer. */
export function compareOrder(a: RecordOrder, b: RecordOrder): number {
  return a.pass - b.pass || a.parsedAt - b.parsedAt;
}

/** The same in SQL: the order of the record that a row of `deliveries` was last taken by. */
export function buildOrder(delivery: string): string {
  return `(${delivery}.order_pass, ${delivery}.order_parsed_at)`;
}

/**
 * SQL: whether what a try comes to still counts. A try carries the pass of the row, which its record need not know, so that a newer pass,
 * or a newer record of the same, refuses it.
 */
export function tryCounts(delivery: string, end: string): string {
  return `((${delivery}.pass, ${delivery}.order_parsed_at) <= (${end}.pass, ${end}.parsed_at))`;
}
