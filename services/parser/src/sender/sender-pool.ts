import { Piscina } from "piscina";
import { TEMPERROR } from "./verify-sender.ts";
import type { Auth, SenderJob, SenderLimits } from "./verify-sender.ts";

/** Emails whose questions are under way at a time in the worker. */
const AT_A_TIME = 64;

export interface SenderPoolLimits extends SenderLimits {
  /** Heap of the worker, MiB. */
  readonly memoryMb: number;
  /** Longest that one email may take, its computing and its questions, ms: then the worker is ended. */
  readonly timeoutMs: number;
}

export interface SenderPool {
  /** Never rejects: what could not be found out is `temperror`. */
  verify(job: SenderJob): Promise<Auth>;
  close(): Promise<void>;
}

/**
 * Verifies senders in a worker thread of its own: a mail whose headers take forever ends that thread, not the service, and costs those
 * that are checked beside it their result, not their delivery.
 */
export function createSenderPool(
  { memoryMb, timeoutMs, ...limits }: SenderPoolLimits,
  worker: URL = new URL("../sender-worker.ts", import.meta.url),
): SenderPool {
  const pool = new Piscina<{ job: SenderJob; limits: SenderLimits }, Auth>({
    filename: worker.href,
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: AT_A_TIME,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  return {
    verify: async (job) => {
      try {
        return await pool.run({ job, limits }, { signal: AbortSignal.timeout(timeoutMs) });
      } catch {
        return TEMPERROR;
      }
    },
    close: async () => pool.destroy(),
  };
}
