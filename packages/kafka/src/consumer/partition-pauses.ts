/** Which partitions rest until when. kafkajs keeps its own marks across reassignments (it never clears them), so this is the truth. */
export interface PartitionPauses {
  /** Rests the partition for `ms`; a running rest is replaced. */
  pause(partition: number, ms: number): void;
  isPaused(partition: number): boolean;
  /** Forgets partitions that are no longer ours: another member may have moved on from where they rested. */
  retain(partitions: ReadonlySet<number>): void;
  clear(): void;
}

/** `onResume` is called when a rest ends by itself. */
export function createPartitionPauses(onResume: (partition: number) => void): PartitionPauses {
  const timers = new Map<number, NodeJS.Timeout>();

  function forget(partition: number): void {
    clearTimeout(timers.get(partition));
    timers.delete(partition);
  }

  return {
    pause: (partition, ms) => {
      forget(partition);
      timers.set(
        partition,
        setTimeout(() => {
          timers.delete(partition);
          onResume(partition);
        }, ms),
      );
    },
    isPaused: (partition) => timers.has(partition),
    retain: (partitions) => {
      for (const partition of timers.keys()) if (!partitions.has(partition)) forget(partition);
    },
    clear: () => {
      for (const partition of timers.keys()) forget(partition);
    },
  };
}
