import type { Cost } from "@inlet/crm";
import type { Quota, SharedQuota } from "@inlet/resilience";

/** A limit of the account in one unit, and the bucket that all instances share. */
export interface UnitBucket {
  readonly quota: Pick<Quota, "perSecond">;
  readonly bucket: SharedQuota;
}

/** The limits of a tenant's CRM account, each in its own unit. */
export interface AccountQuotas {
  /** Takes what a call costs, of each unit; `patience` says how long it may wait for so many of one, ms. What is taken is not given back. */
  take(
    cost: Cost,
    patience: (quota: UnitBucket["quota"], amount: number) => number,
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly retryInMs: number }>;
  /** What is leased and not handed out yet is not used any more. */
  forget(): void;
}

/**
 * `units`: the scarce ones first, so that a call which cannot have them spends no requests. A unit that is not among them is not limited.
 */
export function createAccountQuotas(
  units: ReadonlyMap<string, UnitBucket>,
  onTaken: (cost: Cost) => void = () => {},
): AccountQuotas {
  return {
    take: async (cost, patience) => {
      for (const [unit, { quota, bucket }] of units) {
        const amount = cost[unit] ?? 0;
        if (amount <= 0) continue;
        const taken = await bucket.take(amount, patience(quota, amount));
        if (!taken.ok) return taken;
      }
      onTaken(cost);
      return { ok: true };
    },
    forget: () => {
      for (const { bucket } of units.values()) bucket.forget();
    },
  };
}
