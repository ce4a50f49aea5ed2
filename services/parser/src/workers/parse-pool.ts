import { createProcessPool, TaskFailed, type ProcessPool } from "@inlet/isolated-tasks";
import type { ParseAnswer, ParseJob } from "./parse-job.ts";

export interface ParsePoolLimits {
  readonly workers: number;
  /** Heap of one worker, MiB: a bomb that needs more ends its worker. */
  readonly memoryMb: number;
  /** Longest parse, ms of processor time: a loop ends its worker. */
  readonly timeoutMs: number;
  /** Longest parse by the clock, ms; by default many times its processor time: no processor for it is no fault of the mail. */
  readonly wallMs?: number;
}

export type PoolAnswer =
  | ParseAnswer
  | { readonly ok: false; readonly crash: "out_of_memory" | "timeout" | "crashed"; readonly message: string };

/** Called when nothing else is being parsed, and before anything else is parsed again. */
export interface AloneTurn {
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

export interface ParsePool {
  /** Resolves when every worker has loaded the parser and used it once. Before that a parse would be charged with a worker's start. */
  warm(): Promise<void>;
  /** Throws ParserUnavailableError when no worker can be started or the pool is closed; so does `parseAlone`. */
  parse(job: ParseJob): Promise<PoolAnswer>;
  /** With nothing else being parsed in this process, in a worker of its own: for mail that may be what ended the process before. */
  parseIsolated(job: ParseJob, turn: AloneTurn): Promise<PoolAnswer>;
  close(): Promise<void>;
}

const PARSE_WORKER = new URL("./parse-worker.ts", import.meta.url);
const WARM_UP: ParseJob = { kind: "raw-mime", contentType: "message/rfc822", bytes: new Uint8Array() };
/** By the clock a parse may take so many times its processor time. */
const WALL_FACTOR = 15;

/** `worker`: another worker file, for tests of the pool itself. */
export function createParsePool(limits: ParsePoolLimits, worker: URL = PARSE_WORKER): ParsePool {
  const { memoryMb, timeoutMs, wallMs = timeoutMs * WALL_FACTOR } = limits;
  const open = (processes: number): ProcessPool =>
    createProcessPool(worker, {
      processes,
      tasksEach: 1,
      memoryMb,
      cpuMs: timeoutMs,
      wallMs,
      bounds: "task",
    });
  const pool = open(limits.workers);
  /** Parses under way; one that must be alone waits for them, and they wait for it. */
  const underWay = new Set<Promise<unknown>>();
  let isolated: Promise<unknown> = Promise.resolve();

  const run = async (workers: ProcessPool, job: ParseJob, again = true): Promise<PoolAnswer> => {
    try {
      return (await workers.run(job)) as ParseAnswer;
    } catch (error) {
      if (!(error instanceof TaskFailed)) throw error;
      const { fault, message } = error;
      // Killed from outside (by a system short of memory, say): the mail may have nothing to do with it.
      if (fault === "killed" && again) return run(workers, job, false);
      return { ok: false, crash: fault === "killed" ? "crashed" : fault, message: `parsing: ${message}` };
    }
  };

  return {
    warm: async () => pool.warm(WARM_UP),
    parse: async (job) => {
      await isolated;
      const answer = run(pool, job);
      underWay.add(answer);
      return answer.finally(() => underWay.delete(answer));
    },
    parseIsolated: async (job, { begin, end }) => {
      const done = isolated.then(async () => {
        await Promise.allSettled(underWay);
        const worker = open(1);
        try {
          // A process that is killed while the worker starts, half a second, must not be held against the suspect.
          await worker.warm(WARM_UP).catch(() => {});
          await begin();
          const answer = await run(worker, job);
          await end();
          return answer;
        } finally {
          worker.close();
        }
      });
      isolated = done.catch(() => {});
      return done;
    },
    close: async () => pool.close(),
  };
}
