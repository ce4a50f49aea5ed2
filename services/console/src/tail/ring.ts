import type { ListedDelivery, ListPlace } from "@inlet/ledger";

const MOST_KEPT = 500;
/** More than one reading has, so that what it had is not new again. */
const MOST_KNOWN = 2_000;

/** The last emails that came or went on to another state. */
export interface Ring {
  /** Keeps rows, newest first as they are read; answers those that were not known in that state, oldest first. */
  add(read: readonly ListedDelivery[]): ListedDelivery[];
  /** Oldest first. */
  rows(): ListedDelivery[];
  /** That was received last. */
  newest(): ListedDelivery | null;
}

export function createRing(): Ring {
  const known = new Set<string>();
  let kept: ListedDelivery[] = [];
  let newest: ListedDelivery | null = null;
  return {
    add: (read) => {
      const fresh = read.filter((row) => !known.has(toKey(row))).toReversed();
      for (const row of fresh) known.add(toKey(row));
      const tooMany = known.size - MOST_KNOWN;
      if (tooMany > 0) for (const key of [...known].slice(0, tooMany)) known.delete(key);
      kept = [...kept, ...fresh].slice(-MOST_KEPT);
      if (read[0] !== undefined && (newest === null || read[0].receivedAt >= newest.receivedAt)) [newest] = read;
      return fresh;
    },
    rows: () => kept,
    newest: () => newest,
  };
}

function toKey({ tenant, eventId, state }: ListedDelivery): string {
  return `${tenant} ${eventId} ${state}`;
}

export function isAfter(row: ListPlace, place: ListPlace): boolean {
  return row.receivedAt === place.receivedAt ? row.eventId > place.eventId : row.receivedAt > place.receivedAt;
}
