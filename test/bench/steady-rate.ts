/** Parts of what was measured at the start and the end that do not count: the one warms up, in the other partitions run dry one by one. */
const EDGE = 0.1;

/** Events a second between the first and the last tenth of `times` (ms, in any order). Throws when there are too few to tell. */
export function steadyRate(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const from = Math.floor(sorted.length * EDGE);
  const to = Math.ceil(sorted.length * (1 - EDGE)) - 1;
  const [start, end] = [sorted[from], sorted[to]];
  if (start === undefined || end === undefined || end <= start)
    throw new Error(`${sorted.length} events are too few, or too close together, to tell a rate`);
  return ((to - from) * 1000) / (end - start);
}
