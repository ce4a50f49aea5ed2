/**
 * Runs tasks with a bound on how many at once, taking turns among tenants: a tenant with a thousand emails queued gets no more turns than
 * one with two. Tasks of one chain (a conversation) run one after the other, in the order they were given.
 */
export interface FairQueue {
  run<T>(tenant: string, chain: string, task: () => Promise<T>): Promise<T>;
  /** Tasks queued or running. */
  size(): number;
}

export function createFairQueue(concurrency: number): FairQueue {
  /** Tenants with something to start, in the order of their turns. */
  const queues = new Map<string, { chain: string; start: () => void }[]>();
  const busyChains = new Set<string>();
  let running = 0;
  let size = 0;

  const next = (): void => {
    let blocked = 0;
    while (running < concurrency && blocked < queues.size) {
      const [tenant, queue] = queues.entries().next().value as [string, { chain: string; start: () => void }[]];
      queues.delete(tenant);
      const index = queue.findIndex((task) => !busyChains.has(task.chain));
      const task = index === -1 ? undefined : queue.splice(index, 1)[0];
      if (queue.length > 0) queues.set(tenant, queue);
      if (task === undefined) {
        blocked += 1;
        continue;
      }
      blocked = 0;
      busyChains.add(task.chain);
      running += 1;
      task.start();
    }
  };

  return {
    size: () => size,
    run: async <T>(tenant: string, chain: string, task: () => Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        size += 1;
        const start = (): void => {
          void task()
            .then(resolve, reject)
            .finally(() => {
              running -= 1;
              size -= 1;
              busyChains.delete(chain);
              next();
            });
        };
        const queue = queues.get(tenant);
        if (queue === undefined) queues.set(tenant, [{ chain, start }]);
        else queue.push({ chain, start });
        next();
      }),
  };
}
