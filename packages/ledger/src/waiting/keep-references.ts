import type { StoredRecord } from "./stored-record.ts";
import type { Ledger } from "../ledger.ts";
import type { ReferenceCursor, WaitingReference } from "./parking.ts";
import { poll, type Poller } from "../poll.ts";
import type { WaitingEmail } from "./take-waiting.ts";

/** How often the bytes that wait are summed up, ms. */
const SUM_MS = 5_000;
/** How often what waits by reference is looked at, ms: a fraction of the days that are left to it. */
const LOOK_MS = 60_000;
/** Records read at a time: each may be a MiB. */
const PAGE = 64;

export interface KeepReferencesOptions {
  readonly stage: "parse" | "deliver";
  readonly lanes: readonly string[];
  /** Epoch ms, of the clock that Kafka's brokers stamp records by. */
  readonly now: () => number;
  /** A row whose record Kafka has lost before its time. */
  readonly onGone: (reference: WaitingReference) => void;
  readonly onError: (error: unknown) => void;
}

/** Where records are read by where they lie; null for one that is gone. */
export interface ReferencedRecords {
  read(at: readonly Pick<StoredRecord, "topic" | "partition" | "offset">[]): Promise<(StoredRecord | null)[]>;
}

/**
 * Looks after mail that waits by reference: before Kafka deletes its records, at 80 % of their retention, their bytes move into the ledger
 * (docs/concepts/protocol.md, section 13). Any number of processes may do it at once.
 */
export function keepReferences(
  ledger: Pick<Ledger, "waiting">,
  records: ReferencedRecords,
  options: KeepReferencesOptions,
): Poller {
  const { onError } = options;
  const pollers = [
    poll(
      async () => {
        await keepAgingReferences(ledger, records, options);
        return false;
      },
      { idleMs: LOOK_MS, onError },
    ),
    poll(
      async () => {
        await ledger.waiting.sumParkedBytes();
        return false;
      },
      { idleMs: SUM_MS, onError },
    ),
  ];
  return {
    stop: async () => {
      await Promise.all(pollers.map(async (poller) => poller.stop()));
    },
  };
}

/** One look at all of them, a page at a time; answers how many were moved. */
export async function keepAgingReferences(
  ledger: Pick<Ledger, "waiting">,
  records: ReferencedRecords,
  options: Pick<KeepReferencesOptions, "stage" | "lanes" | "now" | "onGone">,
): Promise<number> {
  const { stage, lanes, now, onGone } = options;
  let moved = 0;
  let after: ReferenceCursor | null = null;
  for (;;) {
    const page: WaitingReference[] = await ledger.waiting.agingReferences({ stage, lanes, after, limit: PAGE }, now());
    const found = page.length === 0 ? [] : await records.read(page);
    const kept = page.flatMap((reference, index) => {
      const record = found[index] ?? null;
      if (record === null) onGone(reference);
      return record === null ? [] : [{ tenant: reference.tenant, eventId: reference.eventId, record }];
    });
    await ledger.waiting.keepReferenced(kept);
    moved += kept.length;
    after = page.at(-1)?.after ?? null;
    if (page.length < PAGE) return moved;
  }
}

/** The record of each email taken: as it stands in its row, else from Kafka, all of them together; null where Kafka has it no more. */
export function readWaitingRecords(
  records: ReferencedRecords,
  emails: readonly WaitingEmail[],
): (email: WaitingEmail) => Promise<StoredRecord | null> {
  const references = emails.filter(({ record }) => record.value === null);
  const read = references.length === 0 ? Promise.resolve([]) : records.read(references.map(({ record }) => record));
  // Anyone who needs it hears of a failure; the others go on.
  read.catch(() => {});
  return async (email) => {
    const index = references.indexOf(email);
    return index === -1 ? email.record : ((await read)[index] ?? null);
  };
}
