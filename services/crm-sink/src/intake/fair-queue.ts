/** What a running task holds. */
export interface Place {
  /** The task has answered, and its chain goes on; its place stays taken until `work` has settled. */
  holdFor(work: Promise<unknown>): void;
}

/**
 * Runs tasks with a bound on how many at once, taking turns among tenants: a tenant with a thousand emails queued gets no more turns than
 * one with two, and none gets all places, so that one whose tasks take long leaves room for the others. Tasks of one chain (a conversation)
 * run one after the other, in the order they were given.
 */
export interface FairQueue {
  /**
   * `instead` runs in place of the task, without taking up a place, when the tenant has no more places to get and holds one of them for so
   * long that it counts as slow.
   */
  run<T>(tenant: string, chain: string, task: (place: Place) => Promise<T>, instead?: () => Promise<T>): Promise<T>;
  /** Tasks queued or running. */
  size(): number;
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>;
}

/**
 * A tenant gets a place while it holds fewer than so many times those that are free: one alone at most three quarters of all, two three
 * sevenths each, and some are always free (a dynamic threshold, Choudhury and Hahne 1998).
 */
const TIMES_FREE = 3;

interface Task {
  readonly chain: string;
  start(): void;
  readonly instead: (() => void) | null;
}

/** `slowMs`: how long a tenant may hold a place before it counts as slow. */
export function createFairQueue(concurrency: number, slowMs: number): FairQueue {
  /** Tenants with something to start, in the order of their turns. */
  const queues = new Map<string, Task[]>();
  const busyChains = new Set<string>();
  /** Since when each place of a tenant is taken, ms; the oldest first. */
  const held = new Map<string, Set<{ readonly since: number }>>();
  let running = 0;
  let size = 0;
  let waiting: (() => void)[] = [];

  const hasRoom = (tenant: string): boolean => (held.get(tenant)?.size ?? 0) < TIMES_FREE * (concurrency - running);
  const isSlow = (tenant: string): boolean => {
    const [oldest] = held.get(tenant) ?? [];
    return oldest !== undefined && performance.now() - oldest.since >= slowMs;
  };

  const next = (): void => {
    let blocked = 0;
    while (blocked < queues.size) {
      const [tenant, queue] = queues.entries().next().value as [string, Task[]];
      queues.delete(tenant);
      const room = hasRoom(tenant);
      const startable = (task: Task): boolean => !busyChains.has(task.chain) && (room || task.instead !== null);
      const index = room || isSlow(tenant) ? queue.findIndex(startable) : -1;
      const task = index === -1 ? undefined : queue.splice(index, 1)[0];
      if (queue.length > 0) queues.set(tenant, queue);
      if (task === undefined) {
        blocked += 1;
        continue;
      }
      blocked = 0;
      busyChains.add(task.chain);
      if (room) task.start();
      else task.instead?.();
    }
  };

  const takePlace = (tenant: string): { give(): void } => {
    const place = { since: performance.now() };
    const places = held.get(tenant) ?? new Set();
    held.set(tenant, places.add(place));
    running += 1;
    // What queues behind a tenant that has become slow goes its other way.
    const timer = setTimeout(next, slowMs);
    return {
      give: () => {
        clearTimeout(timer);
        running -= 1;
        places.delete(place);
        if (places.size === 0) held.delete(tenant);
      },
    };
  };

  const end = (): void => {
    size -= 1;
    next();
    if (size > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };

  return {
    size: () => size,
    idle: async () =>
      new Promise((resolve) => {
        if (size === 0) resolve();
        else waiting.push(resolve);
      }),
    run: async <T>(
      tenant: string,
      chain: string,
      task: (place: Place) => Promise<T>,
      instead?: () => Promise<T>,
    ): Promise<T> =>
      new Promise<T>((resolve) => {
        size += 1;
        const start = async (): Promise<void> => {
          const place = takePlace(tenant);
          const longer: Promise<unknown>[] = [];
          const work = task({ holdFor: (other) => void longer.push(other) });
          await Promise.allSettled([work]);
          busyChains.delete(chain);
          if (longer.length === 0) {
            place.give();
            end();
            resolve(work);
            return;
          }
          resolve(work);
          next();
          await Promise.allSettled(longer);
          place.give();
          end();
        };
        const goInstead = async (otherwise: () => Promise<T>): Promise<void> => {
          const work = otherwise();
          await Promise.allSettled([work]);
          busyChains.delete(chain);
          end();
          resolve(work);
        };
        const entry: Task = {
          chain,
          start: () => void start(),
          instead: instead === undefined ? null : () => void goInstead(instead),
        };
        const queue = queues.get(tenant);
        if (queue === undefined) queues.set(tenant, [entry]);
        else queue.push(entry);
        next();
      }),
  };
}
