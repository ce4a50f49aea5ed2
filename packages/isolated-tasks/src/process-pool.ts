import { withTimeout } from "@inlet/resilience";
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { type IsolatedProcess, startIsolatedProcess, TaskFailed } from "./isolated-process.ts";
import type { ProcessLimits } from "./limits.ts";

export interface ProcessPoolOptions extends ProcessLimits {
  readonly processes: number;
  /** Tasks that one process has under way at a time. */
  readonly tasksEach: number;
  /** The longest that a task may take by the clock, ms: for one that waits for ever without computing. Far above `cpuMs`. */
  readonly wallMs: number;
}

export interface ProcessPool {
  /** Resolves when every process has loaded its task and done `job`: from here on a task's time is its own. */
  warm(job: unknown): Promise<void>;
  /** Rejects {@link TaskFailed}. */
  run(job: unknown): Promise<unknown>;
  close(): void;
}

/** No process of the pool can be started, or the pool is closed: no task's fault. */
export class ParserUnavailableError extends Error {
  override readonly name = "ParserUnavailableError";
}

/** So many starts may fail for one task before it is given back. */
const STARTS = 5;
/** Pause before a process that could not load is started again, ms. */
const RENEW_MS = 1_000;

interface Place {
  process: IsolatedProcess;
  free: number;
}

/** Processes that live on from task to task; one that ended is replaced, and its replacement takes tasks once it has loaded. */
export function createProcessPool(task: URL, options: ProcessPoolOptions): ProcessPool {
  const turn = pLimit(options.processes * options.tasksEach);
  let closed = false;
  const places: Place[] = Array.from({ length: options.processes }, () => ({
    process: startIsolatedProcess(task, options),
    free: options.tasksEach,
  }));

  const watchOver = (place: Place): void => {
    const { process } = place;
    let loaded = false;
    process.ready.then(() => (loaded = true)).catch(() => {});
    void process.gone
      // One that cannot even load would be started without end.
      .then(async () => (loaded ? undefined : sleep(RENEW_MS, undefined, { ref: false })))
      .then(() => {
        if (closed) return;
        place.process = startIsolatedProcess(task, options);
        watchOver(place);
      });
  };
  for (const place of places) watchOver(place);

  /** The place's process once it has loaded: its start is not the task's time, and what ends it then not the task's fault. */
  const loadedIn = async (place: Place): Promise<IsolatedProcess> => {
    for (let start = 0; start < STARTS && !closed; start += 1) {
      const { process } = place;
      const loaded = await process.ready.then(
        () => true,
        () => false,
      );
      if (loaded && process.alive()) return process;
      // The one that ended with the task before is about to be replaced.
      while (!closed && place.process === process) await sleep(RENEW_MS / 20);
    }
    throw new ParserUnavailableError(closed ? "the pool is closed" : "its processes cannot be started");
  };

  const runIn = async (place: Place, job: unknown): Promise<unknown> => {
    const process = await loadedIn(place);
    try {
      return await withTimeout(options.wallMs, process.run(job), () => {
        // With others under way it is left alone: it waits, as the watch has not ended it.
        if (options.tasksEach === 1) process.kill();
        throw new TaskFailed("timeout", `it took longer than ${options.wallMs} ms`);
      });
    } catch (error) {
      throw closed ? new ParserUnavailableError("the pool is closed", { cause: error }) : error;
    }
  };

  return {
    warm: async (job) => void (await Promise.all(places.map(async (place) => runIn(place, job)))),
    run: async (job) =>
      turn(async () => {
        const place = places.reduce((freest, each) => (each.free > freest.free ? each : freest));
        place.free -= 1;
        try {
          return await runIn(place, job);
        } finally {
          place.free += 1;
        }
      }),
    close: () => {
      closed = true;
      for (const { process } of places) process.kill();
    },
  };
}
