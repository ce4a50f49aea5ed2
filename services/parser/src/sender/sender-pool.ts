import pLimit from "p-limit";
import { createProcessPool } from "../processes/process-pool.ts";
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
  /** Longest that one email may take, its computing and its questions, ms. One that computes so long ends the worker. */
  readonly timeoutMs: number;
  /** Longest that an email waits for its verdict, its turn included, ms: then it goes on with `temperror`. */
  readonly waitMs: number;
}

export interface SenderPool {
  /** Resolves when the worker has loaded: its start is no email's time. */
  warm(): Promise<void>;
  /** Never rejects: what could not be found out is `temperror`. */
  verify(job: SenderJob, tenant: string): Promise<Auth>;
  close(): Promise<void>;
}

const WARM_UP: SenderJob = { bytes: new Uint8Array(), clientAddress: null, helo: null, from: null, authorDomain: null };

/**
 * Verifies senders in a process of its own: a mail whose headers take forever, or all memory, ends that process, not the service, and costs
 * those that are checked beside it their result, not their delivery. Emails are produced in batches, so a verdict that is late holds back
 * whatever stands beside it: each is waited for only so long, and those of a tenant that had a late one hardly at all for a while.
 */
export function createSenderPool(
  { memoryMb, timeoutMs, waitMs, ...limits }: SenderPoolLimits,
  worker: URL = new URL("../sender-worker.ts", import.meta.url),
): SenderPool {
  const pool = createProcessPool(worker, {
    processes: 1,
    tasksEach: AT_A_TIME,
    memoryMb,
    cpuMs: timeoutMs,
    wallMs: timeoutMs,
    bounds: "turn",
  });
  const tenants = new Map<string, { readonly turn: ReturnType<typeof pLimit>; slowUntil: number }>();
  const run = async (job: SenderJob): Promise<Auth> => {
    try {
      return (await pool.run({ job, limits })) as Auth;
    } catch {
      return TEMPERROR;
    }
  };
  return {
    warm: async () => pool.warm({ job: WARM_UP, limits }).catch(() => {}),
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
    close: async () => pool.close(),
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
