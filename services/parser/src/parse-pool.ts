import pLimit from "p-limit";
import { Piscina } from "piscina";
import type { ParseAnswer, ParseJob } from "./parse-job.ts";

export interface ParsePoolLimits {
  readonly threads: number;
  /** Heap of one worker, MiB: a bomb that needs more ends its worker. */
  readonly memoryMb: number;
  /** Longest parse, ms: a loop ends its worker. */
  readonly timeoutMs: number;
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
  parse(job: ParseJob): Promise<PoolAnswer>;
  /** With nothing else being parsed in this process, in a worker of its own: for mail that may be what ended the process before. */
  parseAlone(job: ParseJob, turn: AloneTurn): Promise<PoolAnswer>;
  close(): Promise<void>;
}

const PARSE_WORKER = new URL("./parse-worker.ts", import.meta.url);
const WARM_UP: ParseJob = { kind: "raw-mime", contentType: "message/rfc822", bytes: new Uint8Array() };

/** `worker`: another worker file, for tests of the pool itself. */
export function createParsePool(limits: ParsePoolLimits, worker: URL = PARSE_WORKER): ParsePool {
  const open = (threads: number): Piscina<ParseJob, ParseAnswer> =>
    new Piscina({
      filename: worker.href,
      minThreads: threads,
      maxThreads: threads,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    });
  const pool = open(limits.threads);
  // The time of an email begins when a worker takes it: one that only waits behind a bomb must not be taken for another.
  const turn = pLimit(limits.threads);
  /** Parses under way; one that must be alone waits for them, and they wait for it. */
  const underWay = new Set<Promise<unknown>>();
  let alone: Promise<unknown> = Promise.resolve();

  const run = async (workers: Piscina<ParseJob, ParseAnswer>, job: ParseJob): Promise<PoolAnswer> => {
    const timeout = AbortSignal.timeout(limits.timeoutMs);
    // Kafka's records are windows on megabytes of a fetch, all of which would be copied along; this copy is handed over.
    const bytes = new Uint8Array(job.bytes);
    try {
      return await workers.run({ ...job, bytes }, { signal: timeout, transferList: [bytes.buffer] });
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (timeout.aborted)
        return { ok: false, crash: "timeout", message: `parsing took longer than ${limits.timeoutMs} ms` };
      if (code === "ERR_WORKER_OUT_OF_MEMORY")
        return { ok: false, crash: "out_of_memory", message: `parsing needed more than ${limits.memoryMb} MiB` };
      return { ok: false, crash: "crashed", message: `the parser's worker ended: ${message}` };
    }
  };

  return {
    parse: async (job) => {
      await alone;
      const answer = turn(async () => run(pool, job));
      underWay.add(answer);
      return answer.finally(() => underWay.delete(answer));
    },
    parseAlone: async (job, { begin, end }) => {
      const done = alone.then(async () => {
        await Promise.allSettled(underWay);
        const worker = open(1);
        try {
          // A process that is killed while the worker starts, half a second, must not be held against the suspect.
          await run(worker, WARM_UP);
          await begin();
          const answer = await run(worker, job);
          await end();
          return answer;
        } finally {
          await worker.destroy();
        }
      });
      alone = done.catch(() => {});
      return done;
    },
    close: async () => pool.destroy(),
  };
}
