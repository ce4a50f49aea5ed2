import type { Job, JobProgress, Replay } from "@inlet/ledger";

type Counts = Record<string, number>;

/** Where the next holder goes on, with what was counted up to there. */
interface Place {
  readonly positions?: Readonly<Record<string, number>>;
  readonly results?: Readonly<Counts>;
}

/** A slice of one partition under way. */
export interface SliceProgress {
  /** The record at `index` of what was selected came to this. */
  count(index: number, result: string): void;
  /** The slice ended: all before `position` is done, `selected` of what was selected. */
  settle(position: number, selected: number): void;
}

/**
 * How far a replay is. What is settled, and where, stands in one row of the ledger, so that a holder that takes over counts nothing twice; what is under way
 * shows besides.
 */
export interface ReplayProgress {
  /** The next offset to read; null for a partition of which nothing is meant. */
  position(partition: number): number | null;
  /** Records before it are gone from the log. */
  skipTo(partition: number, low: number): void;
  beginSlice(partition: number): SliceProgress;
  isDone(): boolean;
  report(): JobProgress;
}

export function createReplayProgress({ ranges }: Replay, job: Pick<Job, "place">): ReplayProgress {
  const place = job.place as Place;
  const results: Counts = { ...place.results };
  const positions = new Map(ranges.map(({ partition, from }) => [partition, place.positions?.[partition] ?? from]));
  const ends = new Map(ranges.map(({ partition, to }) => [partition, to]));
  const underway = new Set<Map<number, string>>();
  const add = (to: Counts, counted: Iterable<string>): void => {
    for (const result of counted) to[result] = (to[result] ?? 0) + 1;
  };
  const move = (partition: number, position: number): void => {
    const end = ends.get(partition);
    if (end !== undefined) positions.set(partition, Math.min(Math.max(position, positions.get(partition) ?? 0), end));
  };
  return {
    position: (partition) => positions.get(partition) ?? null,
    skipTo: (partition, low) => {
      const at = positions.get(partition);
      if (at === undefined || low <= at) return;
      const gone = Math.min(low, ends.get(partition) ?? low) - at;
      if (gone > 0) results["gone"] = (results["gone"] ?? 0) + gone;
      move(partition, low);
    },
    beginSlice: (partition) => {
      const counted = new Map<number, string>();
      underway.add(counted);
      return {
        count: (index, result) => void counted.set(index, result),
        settle: (position, selected) => {
          underway.delete(counted);
          add(
            results,
            [...counted].filter(([index]) => index < selected).map(([, result]) => result),
          );
          move(partition, position);
        },
      };
    },
    isDone: () => ranges.every(({ partition, to }) => (positions.get(partition) ?? to) >= to),
    report: () => {
      const seen = { ...results };
      for (const counted of underway) add(seen, counted.values());
      const settled = ranges.reduce((sum, { partition, from }) => sum + (positions.get(partition) ?? from) - from, 0);
      const counted = [...underway].reduce((sum, { size }) => sum + size, 0);
      const place: Place = { positions: Object.fromEntries(positions), results: { ...results } };
      return { done: settled + counted, results: seen, place: { ...place } };
    },
  };
}
