import type { Generation } from "./generation.ts";

export interface SeekBackHost {
  generation(): Generation | null;
  /** Commits and seeks; rejects when the group moved on. */
  commit(partition: number, offset: bigint): Promise<void>;
  seek(partition: number, offset: bigint): void;
}

interface Pending {
  readonly offset: bigint;
  readonly resolve: (done: boolean) => void;
}

/**
 * Moves partitions back between their batches: a batch that ended later would resolve its own offset over the one that was sought. kafkajs itself drops
 * what it had fetched of a partition that was sought.
 */
export interface SeekBack {
  seekBack(partition: number, offset: bigint): Promise<boolean>;
  /** Whether the batch in hand is to end after the slice that it is at. */
  isAwaited(partition: number): boolean;
  begin(partition: number): void;
  /** The batch in hand has ended. */
  end(partition: number): Promise<void>;
}

export function createSeekBack(host: SeekBackHost): SeekBack {
  const underway = new Set<number>();
  const pending = new Map<number, Pending>();

  async function apply(partition: number, offset: bigint): Promise<boolean> {
    const generation = host.generation();
    if (generation === null || !generation.positioned || generation.signal.aborted) return false;
    if (!generation.partitions.has(partition)) return false;
    const expected = generation.expected.get(partition);
    if (expected !== undefined && expected <= offset) return true;
    try {
      await host.commit(partition, offset);
    } catch {
      // The group moves on: the next owner is asked.
      return false;
    }
    if (host.generation() !== generation || generation.fenced) return false;
    host.seek(partition, offset);
    generation.expected.set(partition, offset);
    return true;
  }

  return {
    seekBack: async (partition, offset) => {
      if (!underway.has(partition)) return apply(partition, offset);
      pending.get(partition)?.resolve(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      pending.set(partition, { offset, resolve });
      return promise;
    },
    isAwaited: (partition) => pending.has(partition),
    begin: (partition) => void underway.add(partition),
    end: async (partition) => {
      const asked = pending.get(partition);
      pending.delete(partition);
      const done = asked === undefined ? false : await apply(partition, asked.offset);
      underway.delete(partition);
      asked?.resolve(done);
    },
  };
}
