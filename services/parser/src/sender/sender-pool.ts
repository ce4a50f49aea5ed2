import { createProcessPool } from "@inlet/isolated-tasks";
import { createPatience } from "./patience.ts";
import type { Asking } from "./patience.ts";
import { TEMPERROR } from "./verify-sender.ts";
import type { SenderLimits } from "./sender-limits.ts";
import type { Auth, SenderJob } from "./verify-sender.ts";

/** After which what was not known yet is asked for again, ms: all DNS questions of an email have had their time by then. */
export const ASK_AGAIN_MS = 6000;
/** Emails whose questions are under way at a time in the worker. */
const AT_A_TIME = 64;

export interface SenderPoolLimits extends SenderLimits {
  /** Heap of the worker, MiB. */
  readonly memoryMb: number;
  /** Longest that one email may take, its computing and its questions, ms. One that computes so long ends the worker. */
  readonly timeoutMs: number;
  /** Longest that whatever stands beside an email waits for its verdict, its turn included, ms. */
  readonly waitMs: number;
}

export interface SenderPool {
  /** Resolves when the worker has loaded: its start is no email's time. */
  warm(): Promise<void>;
  /** Never rejects: what could not be found out is `temperror`. Null: not known yet, ask once more in {@link ASK_AGAIN_MS} and say that it is the last time. */
  verify(job: SenderJob, asking: Asking): Promise<Auth | null>;
  close(): Promise<void>;
}

const WARM_UP: SenderJob = { bytes: new Uint8Array(), clientAddress: null, helo: null, from: null, authorDomain: null };

/**
 * Verifies senders in a process of its own: a mail whose headers take forever, or all memory, ends that process, not the service, and costs
 * those that are checked beside it their result, not their delivery. How long each is waited for: patience.ts.
 */
export function createSenderPool(
  { memoryMb, timeoutMs, waitMs, ...limits }: SenderPoolLimits,
  worker: URL = new URL("../workers/sender-worker.ts", import.meta.url),
): SenderPool {
  const pool = createProcessPool(worker, {
    processes: 1,
    tasksEach: AT_A_TIME,
    memoryMb,
    cpuMs: timeoutMs,
    wallMs: timeoutMs,
    bounds: "turn",
  });
  const patience = createPatience({ waitMs });
  const run = async (job: SenderJob): Promise<Auth> => {
    try {
      return (await pool.run({ job, limits })) as Auth;
    } catch {
      return TEMPERROR;
    }
  };
  return {
    warm: async () => pool.warm({ job: WARM_UP, limits }).catch(() => {}),
    verify: async (job, asking) => patience.ask(asking, async () => run(job)),
    close: async () => pool.close(),
  };
}
