import type { Lost } from "./delivery-guarantee.ts";

/** More findings than these are counted, not kept: a million lost emails are not held in memory. */
const MOST_LISTED = 1_000;

export interface Findings {
  readonly lost: readonly Lost[];
  readonly faults: readonly string[];
  readonly notes: readonly string[];
  readonly notListed: () => number;
  readonly any: () => boolean;
  lose(lost: Lost): void;
  fault(text: string): void;
  note(text: string): void;
}

/** What a run has found so far. The same email lost for the same reason counts once. */
export function createFindings(): Findings {
  const lost: Lost[] = [];
  const faults: string[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  let notListed = 0;
  const isNew = (key: string): boolean => {
    if (seen.has(key)) return false;
    if (seen.size < 2 * MOST_LISTED) seen.add(key);
    return true;
  };
  return {
    lost,
    faults,
    notes,
    notListed: () => notListed,
    any: () => lost.length > 0 || faults.length > 0,
    lose: (each) => {
      if (!isNew(`${each.tenant}/${each.eventId}`)) return;
      if (lost.length < MOST_LISTED) lost.push(each);
      else notListed += 1;
    },
    fault: (text) => {
      if (!isNew(text)) return;
      if (faults.length < MOST_LISTED) faults.push(text);
      else notListed += 1;
    },
    note: (text) => {
      notes.push(text);
    },
  };
}
