import pLimit from "p-limit";
import { Piscina } from "piscina";
import { TEMPERROR } from "./verify-sender.ts";
import type { Auth, SenderJob, SenderLimits } from "./verify-sender.ts";

/** Emails whose questions are under way at a time in the worker. */
const AT_A_TIME = 64;
/** Of these of one tenant: slow name servers of those who write to it take no one else's turn. */
const AT_A_TIME_OF_TENANT = 16;
/** How long a tenant whose check was late is waited for less, ms. */
const SLOW_FOR_MS = 30_000;
/** The wait then, ms: what name servers in order need, many times over. */
const SLOW_WAIT_MS = 250;

export interface SenderPoolLimits extends SenderLimits {
  /** Heap of the worker, MiB. */
  readonly memoryMb: number;
  /** Longest that one email may take, its computing and its questions, ms: then the worker is ended. */
  readonly timeoutMs: number;
  /** Longest that an email waits for its verdict, its turn included, ms: then it goes on with `temperror`. */
  readonly waitMs: number;
}

export interface SenderPool {
  /** Never rejects: what could not be found out is `temperror`. */
  verify(job: SenderJob, tenant: string): Promise<Auth>;
  close(): Promise<void>;
}

/**
 * Verifies senders in a worker thread of its own: a mail whose headers take forever ends that thread, not the service, and costs those
 * that are checked beside it their result, not their delivery. Emails are produced in batches, so a verdict that is late holds back
 * whatever stands beside it: each is waited for only so long, and those of a tenant that had a late one hardly at all for a while.
 */
export function createSenderPool(
  { memoryMb, timeoutMs, waitMs, ...limits }: SenderPoolLimits,
  worker: URL = new URL("../sender-worker.ts", import.meta.url),
): SenderPool {
  const open = () =>
    new Piscina<{ job: SenderJob; limits: SenderLimits }, Auth>({
      filename: worker.href,
      minThreads: 0,
      maxThreads: 1,
      concurrentTasksPerWorker: AT_A_TIME,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
  let pool = open();
  const tenants = new Map<string, { readonly turn: ReturnType<typeof pLimit>; slowUntil: number }>();
  const run = async (job: SenderJob): Promise<Auth> => {
    const used = pool;
    // Not by Piscina's signal: a task that may be aborted has its worker to itself, so emails would be checked one by one.
    const verdict = await within(
      timeoutMs,
      used.run({ job, limits }).catch(() => TEMPERROR),
    );
    if (verdict === null && used === pool) {
      pool = open();
      void used.destroy();
    }
    return verdict ?? TEMPERROR;
  };
  return {
    verify: async (job, tenant) => {
      const of = tenants.get(tenant) ?? { turn: pLimit(AT_A_TIME_OF_TENANT), slowUntil: 0 };
      tenants.set(tenant, of);
      let waited = true;
      // Nobody asks any more for what is late before its turn has come.
      const check = of.turn(async () => (waited ? run(job) : TEMPERROR));
      const verdict = await within(Date.now() < of.slowUntil ? Math.min(SLOW_WAIT_MS, waitMs) : waitMs, check);
      waited = false;
      if (verdict === null) of.slowUntil = Date.now() + SLOW_FOR_MS;
      return verdict ?? TEMPERROR;
    },
    close: async () => pool.destroy(),
  };
}

/** The result, or null when it is late; the work then goes on by itself. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
