/** A member as its group sees it. */
export interface MemoryMember {
  readonly topic: string;
  /** Stops the member's batches and resolves when they have ended and committed what is done. */
  revoke(): Promise<void>;
  assign(partitions: readonly number[]): void;
}

/** A consumer group: members, who reads what, and committed offsets by topic and partition. Rebalances eagerly, as kafkajs does. */
export interface MemoryGroup {
  readonly groupId: string;
  readonly members: ReadonlySet<MemoryMember>;
  readonly committed: Map<string, Map<number, bigint>>;
  /** Resolves when the member has its partitions. */
  join(member: MemoryMember, countPartitions: (topic: string) => number): Promise<void>;
  /** The others get its partitions. A member that died is not asked to end its batches. */
  leave(member: MemoryMember, countPartitions: (topic: string) => number): Promise<void>;
  rebalance(countPartitions: (topic: string) => number): Promise<void>;
  commit(topic: string, partition: number, next: bigint): void;
}

export function createGroup(groupId: string): MemoryGroup {
  const members = new Set<MemoryMember>();
  const committed = new Map<string, Map<number, bigint>>();
  let running: Promise<void> = Promise.resolve();

  /** One rebalance at a time: all stop, then all start with their share. */
  function rebalance(countPartitions: (topic: string) => number): Promise<void> {
    running = running.then(async () => {
      await Promise.all([...members].map((member) => member.revoke()));
      const byTopic = Map.groupBy(members, ({ topic }) => topic);
      for (const [topic, readers] of byTopic) {
        const partitions = Array.from({ length: countPartitions(topic) }, (_, partition) => partition);
        readers.forEach((member, index) => {
          member.assign(partitions.filter((partition) => partition % readers.length === index));
        });
      }
    });
    return running;
  }

  return {
    groupId,
    members,
    committed,
    join: (member, countPartitions) => {
      members.add(member);
      return rebalance(countPartitions);
    },
    leave: (member, countPartitions) => (members.delete(member) ? rebalance(countPartitions) : Promise.resolve()),
    rebalance,
    commit: (topic, partition, next) => {
      const offsets = committed.get(topic) ?? new Map<number, bigint>();
      committed.set(topic, offsets.set(partition, next));
    },
  };
}
