import type { KafkaRecord } from "@inlet/kafka";
import type { Parsed } from "@inlet/ledger";

/** What ended of one partition beyond its first undone record. */
export interface Ahead {
  /** Whether the partition paused at the record that is read now. */
  readonly paused: boolean;
  readonly ended: Set<bigint>;
  /** Produced, and not yet marked so in the ledger. */
  readonly unmarked: Parsed[];
}

/**
 * Remembers, partition by partition, what ended behind a record that could not be done. Only in this process: a reset of the group's
 * offsets, which is meant to send records through again, is possible only while no parser runs.
 */
export interface ReadAhead {
  of(first: KafkaRecord): Ahead;
  /** @param next offset at which the partition is read on; `paused`: since the record there could not be done */
  keep(record: KafkaRecord, next: bigint, ahead: Ahead, paused: boolean): void;
}

export function createReadAhead(): ReadAhead {
  const partitions = new Map<string, { readonly next: bigint; readonly ahead: Ahead }>();
  const getName = ({ topic, partition }: KafkaRecord): string => `${topic}/${partition}`;
  return {
    of: (first) => {
      const kept = partitions.get(getName(first));
      partitions.delete(getName(first));
      // Read from before the place where it went on: on purpose, or by another member of the group whose commit came first.
      if (kept === undefined || first.offset < kept.next) return { paused: false, ended: new Set(), unmarked: [] };
      return { ...kept.ahead, paused: kept.ahead.paused && first.offset === kept.next };
    },
    keep: (record, next, { ended, unmarked }, paused) => {
      const later = new Set([...ended].filter((offset) => offset >= next));
      if (paused || later.size > 0)
        partitions.set(getName(record), { next, ahead: { paused, ended: later, unmarked } });
    },
  };
}
