import { setTimeout as sleep } from "node:timers/promises";
import type { Ledger } from "@inlet/ledger";

/** What replays may use of each limit of a CRM account; the rest is live mail's. */
export const REPLAY_SHARE = 0.2;

/** A limit of a tenant's CRM account, in one unit. */
export interface PacedLimit {
  readonly unit: string;
  /** Its bucket's name in the ledger. */
  readonly bucket: string;
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Keeps the replays of one tenant, all of them together, within their share of its CRM's limits. What emails have used is paid for before the
 * next one begins, from a bucket of the replays' own in the ledger; so no call waits for it while claims are held.
 */
export interface ReplayPace {
  charge(cost: Readonly<Record<string, number>>): void;
  /** Resolves when the next email may begin, or the signal aborts. */
  turn(signal: AbortSignal): Promise<void>;
}

/** Whatever is owed is granted, and waited for. */
const ANY_WAIT_MS = 3_600_000;

export function createReplayPace(
  tenant: string,
  limits: readonly PacedLimit[],
  ledger: { readonly quota: Pick<Ledger["quota"], "draw"> },
  wait: (ms: number, signal: AbortSignal) => Promise<unknown> = async (ms, signal) => sleep(ms, undefined, { signal }),
): ReplayPace {
  const owed = new Map<string, number>();
  const pay = async (signal: AbortSignal): Promise<void> => {
    for (const { unit, bucket, perSecond, burst } of limits) {
      const most = Math.max(1, burst * REPLAY_SHARE);
      for (let due = owed.get(unit) ?? 0; due > 0 && !signal.aborted; due = owed.get(unit) ?? 0) {
        const need = Math.min(due, most);
        owed.set(unit, due - need);
        const { waitMs } = await ledger.quota.draw({
          // Not the tenant's own buckets: those say how much of its waiting mail may go on.
          tenant: `replay:${tenant}`,
          crm: bucket,
          perSecond: perSecond * REPLAY_SHARE,
          burst: most,
          need,
          want: need,
          maxWaitMs: ANY_WAIT_MS,
        });
        if (waitMs > 0) await wait(waitMs, signal).catch(() => {});
      }
    }
  };
  let paying: Promise<void> = Promise.resolve();
  return {
    charge: (cost) => {
      for (const [unit, amount] of Object.entries(cost)) owed.set(unit, (owed.get(unit) ?? 0) + amount);
    },
    turn: async (signal) => {
      const mine = paying.catch(() => {}).then(async () => pay(signal));
      paying = mine;
      await mine;
    },
  };
}
