import type { Draw, Drawn, Quota } from "./token-bucket.ts";

/** The bucket that all instances share (the ledger). Carries out `draw` of token-bucket.ts in one step, by its own clock. */
export interface BucketStore {
  draw(quota: Quota, asked: Draw): Promise<Drawn>;
}

export interface SharedQuota {
  /**
   * Takes `cost` tokens, in the order of the calls. Resolves when their time has come: true; or, when that is further than `maxWaitMs`
   * away, at once with the ms until they could be had. What is taken is not given back.
   */
  take(
    cost: number,
    maxWaitMs: number,
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly retryInMs: number }>;
  /** What is leased and not handed out yet is not used any more. */
  forget(): void;
}

export interface SharedQuotaOptions {
  readonly store: BucketStore;
  readonly quota: Quota;
  /** A clock that never goes back, ms. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Tokens leased beyond what callers want, as a part of a second's quota: what is left unused in an instance is at most that. */
const AHEAD = 0.1;
/** What was leased and not used is forgotten after so long: used later, it would add to a later second, ms. */
const LEASE_MS = 1_000;

type Taken = { readonly ok: true } | { readonly ok: false; readonly retryInMs: number };
interface Call {
  readonly cost: number;
  readonly maxWaitMs: number;
  readonly resolve: (taken: Taken) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One instance's part of a quota that all instances share. Tokens are leased for all callers that wait, with a tenth of a second's
 * quota beyond, and never more than a second's: so a busy tenant costs ten statements a second, and a small quota none too many.
 */
export function createSharedQuota({ store, quota, now, sleep }: SharedQuotaOptions): SharedQuota {
  const second = Math.max(1, Math.floor(quota.perSecond));
  const ahead = Math.floor(quota.perSecond * AHEAD);
  const queue: Call[] = [];
  let left = 0;
  let leasedAt = Number.NEGATIVE_INFINITY;
  let drawing = false;

  /** Hands out what lies here, in order; `waitMs` until it may be used. */
  const serve = (waitMs: number): void => {
    for (let call = queue[0]; call !== undefined && call.cost <= left; call = queue[0]) {
      queue.shift();
      left -= call.cost;
      if (waitMs <= 0) call.resolve({ ok: true });
      else sleep(waitMs).then(() => call.resolve({ ok: true }), call.reject);
    }
  };

  const lease = async (): Promise<void> => {
    drawing = true;
    try {
      for (let first = queue[0]; first !== undefined; first = queue[0]) {
        const need = first.cost - left;
        const wanted = queue.reduce((sum, { cost }) => sum + cost, ahead - left);
        const want = Math.max(need, Math.min(wanted, second));
        const { granted, waitMs } = await store.draw(quota, { need, want, maxWaitMs: first.maxWaitMs });
        if (granted === 0) {
          // No one overtakes the first: who came after it waits at least as long.
          for (const call of queue.splice(0)) call.resolve({ ok: false, retryInMs: Math.ceil(waitMs) });
          return;
        }
        left += granted;
        leasedAt = now();
        serve(waitMs);
      }
    } catch (error) {
      for (const call of queue.splice(0)) call.reject(error);
    } finally {
      drawing = false;
    }
  };

  return {
    forget: () => {
      left = 0;
    },
    take: async (cost, maxWaitMs) =>
      new Promise<Taken>((resolve, reject) => {
        queue.push({ cost: Math.min(cost, quota.burst), maxWaitMs, resolve, reject });
        if (drawing) return;
        if (now() - leasedAt >= LEASE_MS) left = 0;
        serve(0);
        if (queue.length > 0) void lease();
      }),
  };
}
