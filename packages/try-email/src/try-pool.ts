import type { OfflineError } from "@inlet/email";
import { createProcessPool, TaskFailed, type ProcessPool } from "@inlet/isolated-tasks";
import type { TriedEmail, TryJob } from "./try-email.ts";

export interface TryPool {
  /** An email that takes too much is answered as a fault. */
  try(job: TryJob): Promise<TriedEmail | TryFault>;
  close(): void;
}

/** As `OfflineError`, and what the process ended by. */
export interface TryFault {
  readonly file: string;
  readonly error: { readonly code: string; readonly message: string };
}

const WORKER = new URL("./try-worker.ts", import.meta.url);
const LIMITS = { tasksEach: 1, memoryMb: 256, cpuMs: 10_000, wallMs: 60_000, bounds: "task" } as const;
const CODES = { timeout: "parse_timeout", out_of_memory: "limit_exceeded", crashed: "crashed_process" } as const;

/** `worker`: another worker file, for tests of the pool itself. Processes are started when the first email is tried. */
export function createTryPool({ processes }: { readonly processes: number }, worker: URL = WORKER): TryPool {
  let pool: ProcessPool | null = null;
  return {
    try: async (job) => {
      try {
        pool ??= createProcessPool(worker, { ...LIMITS, processes });
        return (await pool.run(job)) as TriedEmail | OfflineError;
      } catch (error) {
        if (!(error instanceof TaskFailed)) throw error;
        const code = error.fault === "killed" ? "crashed_process" : CODES[error.fault];
        return { file: job.file, error: { code, message: `parsing: ${error.message}` } };
      }
    },
    close: () => pool?.close(),
  };
}
